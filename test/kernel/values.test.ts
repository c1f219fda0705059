// Values that a BPF program assigned member by member are decoded, and encoded ones are read member by member.
// The types are random: BCC_TS_SEED repeats a run.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { type ArrayMap, type HashMap, load, type PerCpuArrayMap, type RingBuffer } from "bcc-ts";
import { chooseSeed } from "../unit/btf/random.ts";
import { RecordMaker } from "../unit/values/c-records.ts";
import { type CType, ENUMS, type Leaf, type Sample, seededRandom } from "../unit/values/c-types.ts";
import { assertHas } from "../unit/values/clang-constants.ts";
import { needsFeature } from "./needs-feature.ts";

const TYPES = 8;

interface Subject {
  readonly type: CType & { readonly tag: string };
  readonly sample: Sample;
}

/** Types whose values are small enough for a key, which the kernel wants on its stack. */
function subjects(seed: number): { declarations: readonly string[]; list: Subject[] } {
  const random = seededRandom(seed);
  const maker = new RecordMaker(random, { computable: true });
  const list: Subject[] = [];
  while (list.length < TYPES) {
    const type = maker.named(2);
    const sample = type.sample(random);
    if (sample.leaves.length < 120) list.push({ type, sample });
  }
  return { declarations: maker.declarations, list };
}

function assign({ path, c }: Leaf): string {
  return `\tv->${path.slice(1)} = ${c};`;
}

function compare({ path, c, bitField }: Leaf, index: number): string {
  const place = `v->${path.slice(1)}`;
  const wanted = bitField ? `(${c})` : `(__typeof__(${place}))(${c})`;
  return `\tif (${place} != ${wanted}) { *seen = ${index + 2}; return 0; }`;
}

/** `verdict` becomes 1 when all members are as expected, else the number of the first wrong one + 2. */
function programText({ type: { tag }, sample: { leaves } }: Subject, i: number): string {
  return `
BPF_ARRAY(written${i}, ${tag}, 1);
BPF_PERCPU_ARRAY(each${i}, ${tag}, 1);
BPF_HASH(keys${i}, ${tag}, u32, 4);
BPF_RINGBUF_OUTPUT(ring${i}, 2);
BPF_ARRAY(given${i}, ${tag}, 1);
BPF_ARRAY(verdict${i}, u32, 1);

static void fill${i}(${tag} *v)
{
${leaves.map(assign).join("\n")}
}

int run${i}(struct bpf_raw_tracepoint_args *ctx)
{
	int zero = 0;
	u32 cpu = bpf_get_smp_processor_id();
	if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
	u32 *seen = verdict${i}.lookup(&zero);
	if (!seen || *seen) return 0;
	${tag} *v = written${i}.lookup(&zero);
	if (!v) return 0;
	fill${i}(v);
	keys${i}.update(v, &cpu);
	ring${i}.ringbuf_output(v, sizeof(*v), 0);
	v = each${i}.lookup(&zero);
	if (!v) return 0;
	fill${i}(v);
	v = given${i}.lookup(&zero);
	if (!v) return 0;
${leaves.map(compare).join("\n")}
	*seen = 1;
	return 0;
}`;
}

test("what C assigned is decoded, what was encoded C reads", async (t) => {
  if (!needsFeature(t, "raw tracepoints") || !needsFeature(t, "ring buffer")) return;
  const seed = chooseSeed() % 1_000_000;
  console.log(`BCC_TS_SEED=${seed}`);
  const { declarations, list } = subjects(seed);
  const text = [ENUMS, ...declarations, ...list.map(programText)].join("\n");
  using bpf = await load<{ maps: Record<string, unknown>; rings: Record<string, RingBuffer<unknown>> }>(
    text,
    {
      cflags: [`-DPID=${process.pid}`],
      attach: false,
    },
  );
  const { maps, rings } = bpf;
  for (const [i, { sample }] of list.entries()) {
    (maps[`given${i}`] as ArrayMap<unknown>).set(0, sample.value);
    bpf.attachRawTracepoint({ tp: "sys_enter", fnName: `run${i}` });
  }
  statSync("/");
  for (const [i, { sample, type }] of list.entries()) {
    const title = `${type.tag} of seed ${seed}`;
    const verdict = (maps[`verdict${i}`] as ArrayMap<number>).get(0);
    assert.equal(verdict, 1, `${title}: ${sample.leaves[(verdict ?? 0) - 2]?.path}`);
    assertHas((maps[`written${i}`] as ArrayMap<unknown>).get(0), sample.value, title);
    const cpu = (maps[`keys${i}`] as HashMap<unknown, number>).get(sample.value);
    assert.ok(cpu !== undefined, `${title} is found by its key`);
    assertHas(
      (maps[`each${i}`] as PerCpuArrayMap<unknown>).get(0)?.[cpu],
      sample.value,
      `${title}, CPU ${cpu}`,
    );
    const events: unknown[] = [];
    const ring = rings[`ring${i}`];
    ring?.on((event) => events.push(event));
    ring?.consume();
    assert.equal(events.length, 1, title);
    assertHas(events[0], sample.value, `${title} as an event`);
  }
});

test("an enum's values have names", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  using bpf = await load<{ maps: { values: ArrayMap<unknown> } }>(
    `enum verdict { REFUSED = -1, UNKNOWN, PASSED }; typedef enum verdict verdict_t;
enum big { BIG = 0x8000000000000000ULL };
struct value { verdict_t verdict; enum big big; };
BPF_ARRAY(values, struct value, 1);`,
    { attach: false },
  );
  bpf.maps.values.set(0, { verdict: -1, big: 1n << 63n });
  const value = bpf.maps.values.get(0);
  assert.deepEqual(value, { verdict: -1, big: 1n << 63n });
  assert.equal(bpf.enumName("verdict", -1), "REFUSED");
  assert.equal(bpf.enumName("verdict_t", 1), "PASSED");
  assert.equal(bpf.enumName("verdict", 7), undefined);
  assert.equal(bpf.enumName("big", 1n << 63n), "BIG");
  assert.equal(bpf.enumName("sock_type", 2), "SOCK_DGRAM");
  assert.throws(() => bpf.enumName("no_such_enum", 1), { code: "UNKNOWN_ENUM" });
});
