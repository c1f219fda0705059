// What is in the kernel, shown: code of programs, types of tables, perf events with more attributes.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { load, PerfSWConfig, PerfType } from "bcc-ts";

const bpf = await load(`
struct key { u32 pid; char name[16]; };
BPF_HASH(counts, struct key, u64, 100);
BPF_ARRAY(slots, int *, 4);
BPF_HASH(samples, u32, u64);
BPF_RINGBUF_OUTPUT(events, 8);
int on_enter(struct bpf_raw_tracepoint_args *ctx) {
  struct key key = {};
  key.pid = bpf_get_current_pid_tgid() >> 32;
  bpf_get_current_comm(&key.name, sizeof(key.name));
  counts.increment(key);
  return 0;
}
int sample(struct bpf_perf_event_data *ctx) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  samples.increment(pid);
  return 0;
}`);
after(() => bpf.close());

test("a program's instructions, and their text", () => {
  const code = bpf.dumpFunc("on_enter");
  assert.equal(code.length % 8, 0);
  const text = bpf.disassembleFunc("on_enter");
  assert.match(text, /call bpf_get_current_pid_tgid#14\n/);
  assert.match(text, /r\d = map\[counts\]\n/);
  assert.match(text, /: \(95\) exit\n/);
  assert.doesNotMatch(text, /unknown/);
  assert.throws(() => bpf.dumpFunc("on_entr"), { code: "UNKNOWN_PROGRAM", hint: "Did you mean on_enter?" });
});

test("a table's types", () => {
  assert.deepEqual(bpf.decodeTable("counts"), {
    name: "counts",
    kind: "hash",
    key: "struct key",
    value: "u64",
    keySize: 20,
    valueSize: 8,
    maxEntries: 100,
  });
  assert.equal(bpf.decodeTable("slots")?.value, "int *");
  assert.equal(bpf.decodeTable("events")?.kind, "ringbuf");
  assert.equal(bpf.decodeTable("none"), undefined);
});

test("a perf event that counts user code only, in one thread", () => {
  const event = { type: PerfType.SOFTWARE, config: PerfSWConfig.CPU_CLOCK, samplePeriod: 1_000_000 };
  using link = bpf.attachPerfEventRaw({
    ...event,
    pid: process.pid,
    attributes: { excludeKernel: true },
    fnName: "sample",
  });
  assert.equal(link.kind, "perf-event");
  const before = process.cpuUsage();
  for (let spent = 0; spent < 60_000; ) spent = process.cpuUsage(before).user;
  assert.ok((bpf.maps.samples.get(process.pid) ?? 0n) > 10n);
  const wrong = { ...event, attributes: { preciseIp: 3 }, type: 99, fnName: "sample" };
  assert.throws(() => bpf.attachPerfEventRaw(wrong), { name: "UnsupportedError" });
});
