import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { AttachPoint } from "../../src/index.ts";
import { load, PerfSWConfig, PerfType } from "../../src/index.ts";

const TEXT = `
struct my_args { u64 before; long nr; };
BPF_HASH(runs, u32, u64);
u64 total = 0;
int of_void(void *ctx) { runs.increment(1); total++; return 0; }
int of_nothing() { runs.increment(2); total++; return 0; }
int of_registers(struct pt_regs *ctx) { runs.increment(3); total++; return 0; }
int of_own_struct(struct my_args *args) { if (args->nr >= 0) { runs.increment(4); total++; } return 0; }
int never(struct no_such *nothing) { return 0; }
`;

const OPENED: AttachPoint = { kind: "tracepoint", category: "raw_syscalls", event: "sys_enter" };
const SAMPLED: AttachPoint = {
  kind: "perf-event",
  type: PerfType.SOFTWARE,
  config: PerfSWConfig.CPU_CLOCK,
  sampleFreq: 999,
};

/** Programs whose text does not say their kind, or another one than they are attached as. */
const CASES: readonly [program: string, slot: number, point: AttachPoint][] = [
  ["of_void", 1, OPENED],
  ["of_void", 1, { kind: "raw-tracepoint", event: "sys_enter" }],
  ["of_void", 1, SAMPLED],
  ["of_nothing", 2, OPENED],
  ["of_nothing", 2, SAMPLED],
  ["of_registers", 3, OPENED],
  ["of_own_struct", 4, OPENED],
];

test("a program is loaded as what it is attached to, over the same maps", async () => {
  using bpf = await load(TEXT);
  assert.deepEqual([...bpf.programs].sort(), [
    "never",
    "of_nothing",
    "of_own_struct",
    "of_registers",
    "of_void",
  ]);
  for (const [program, slot, point] of CASES) {
    bpf.maps.runs.clear();
    const link = bpf.attach(program, point);
    const end = Date.now() + 20_000;
    while (!bpf.maps.runs.has(slot) && Date.now() < end) readFileSync("/proc/self/comm");
    link.close();
    assert.ok((bpf.maps.runs.get(slot) ?? 0n) > 0n, `${program} ran at ${point.kind}`);
    assert.deepEqual([...bpf.maps.runs.keys()], [slot]);
  }
});

test("a program of a kind that nobody knows is told by what cannot be", async () => {
  using bpf = await load(TEXT, { attach: false });
  assert.throws(() => bpf.attach("of_nothing"), { code: "ATTACH_POINT" });
  assert.throws(() => bpf.attach("of_nothin", OPENED), { code: "UNKNOWN_PROGRAM" });
});
