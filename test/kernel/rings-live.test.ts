import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ArrayMap } from "../../src/maps/array-map.ts";
import { createMap } from "../../src/maps/create-map.ts";
import { PerfBuffer } from "../../src/rings/perf-buffer.ts";
import { RingBuffer } from "../../src/rings/ring-buffer.ts";
import { codecFor } from "../../src/values/compile-codec.ts";
import { TestObject } from "./test-object.ts";

// A process that does nothing but system calls sends an event for each, while this one reads them.
const CALLS = 50_000;

interface Counted {
  readonly seq: bigint;
  readonly twice: bigint;
  readonly not: bigint;
}

interface Counters {
  readonly pid: number;
  readonly sent: bigint;
  readonly refused: bigint;
}

let object: TestObject;
before(() => {
  object = new TestObject(`
struct counted { u64 seq; u64 twice; u64 not; };
struct counters { u32 pid; u64 sent; u64 refused; };
struct { __uint(type, 2); __uint(max_entries, 1); __type(key, u32); __type(value, struct counters); } state SEC(".maps");
struct { __uint(type, 27); __uint(max_entries, 256 * 1024); } ring SEC(".maps");
struct { __uint(type, 4); __uint(max_entries, 256); __uint(key_size, 4); __uint(value_size, 4); } perf SEC(".maps");
struct counted unused;
static struct counters *begin(struct counted *e) {
  u32 zero = 0; struct counters *c = bpf_map_lookup_elem(&state, &zero);
  if (!c || bpf_get_current_pid_tgid() >> 32 != c->pid) return 0;
  e->seq = __sync_fetch_and_add(&c->sent, 1); e->twice = 2 * e->seq; e->not = ~e->seq;
  return c;
}
SEC("raw_tp/sys_enter") int to_ring(u64 *ctx) {
  struct counted e, *room; struct counters *c = begin(&e);
  if (!c) return 0;
  room = bpf_ringbuf_reserve(&ring, sizeof(e), 0);
  if (!room) { c->refused++; return 0; }
  // Half written for a while, so that the reader meets it like this.
  room->seq = e.seq; room->twice = 0; room->not = 0;
  #pragma clang loop unroll(disable)
  for (int i = 0; i < 200; i++) bpf_ktime_get_ns();
  room->twice = e.twice; room->not = e.not;
  bpf_ringbuf_submit(room, 0);
  return 0;
}
SEC("raw_tp/sys_enter") int to_perf(u64 *ctx) {
  struct counted e; struct counters *c = begin(&e);
  if (c && bpf_perf_event_output(ctx, &perf, 0xffffffffULL, &e, sizeof(e)) < 0) c->refused++;
  return 0;
}`);
});
after(() => object.close());

for (const kind of ["ring", "perf"] as const) {
  test(`${kind}: events of a busy process are whole, in order, and all accounted for`, async () => {
    const state = createMap(object.map("state"), object.btf) as ArrayMap<Counters>;
    const codec = codecFor<Counted>(object.btf, object.type("counted"));
    using source =
      kind === "ring"
        ? new RingBuffer(object.map(kind), { codec })
        : new PerfBuffer(object.map(kind), { codec, pages: 64 });
    const child = spawn(
      "sh",
      ["-c", `read start; exec dd if=/dev/zero of=/dev/null bs=16k count=${CALLS} 2>&1`],
      {
        stdio: ["pipe", "ignore", "inherit"],
      },
    );
    state.set(0, { pid: child.pid ?? 0, sent: 0n, refused: 0n });
    const detach = object.attachRawTracepoint(`to_${kind}`, "sys_enter");
    const seen = { count: 0n, broken: 0, backward: 0, last: -1n };
    const take = ({ seq, twice, not }: Counted) => {
      seen.count++;
      if (twice !== 2n * seq || not !== (~seq & (2n ** 64n - 1n))) seen.broken++;
      // Several CPUs have perf buffers of their own: their events are not in order.
      if (seq <= seen.last && kind === "ring") seen.backward++;
      seen.last = seq;
    };
    let ended = false;
    child.once("exit", () => {
      ended = true;
    });
    source.on(take);
    child.stdin.end("go\n");
    // Without waiting, so that records are met that are not yet complete.
    while (!ended) {
      source.consume();
      await setImmediate();
    }
    detach();
    while (source.consume() > 0) {
      // The rest.
    }
    const { sent, refused } = state.get(0) as Counters;
    assert(sent > BigInt(2 * CALLS), `${sent} system calls`);
    assert.deepEqual({ ...seen, last: 0n }, { count: sent - refused, broken: 0, backward: 0, last: 0n });
    console.log(`${kind}: ${sent} sent, ${refused} refused`);
  });
}
