import assert from "node:assert/strict";
import { test } from "node:test";
import { PRINTK, parseTraceLine, type TraceLine } from "../../../src/rings/parse-trace-line.ts";

const event = (
  task: string,
  pid: number,
  cpu: number,
  flags: string,
  ts: number,
  msg: string,
  tracer = PRINTK,
): TraceLine => ({ kind: "event", tracer, event: { task, pid, cpu, flags, ts, msg } });

const cases: [string, TraceLine][] = [
  [
    "            curl-1234    [001] d..31  5432.123456: bpf_trace_printk: hello",
    event("curl", 1234, 1, "d..31", 5432.123456, "hello"),
  ],
  // 5.4, 5.10
  [
    "             cat-4183  [003] d...  2801.123456: bpf_trace_printk: a: b",
    event("cat", 4183, 3, "d...", 2801.123456, "a: b"),
  ],
  // bpf_trace_printk() was an ordinary trace_printk().
  [
    "             cat-4183  [003] d... 2801.123456: 0x00000001: Hello, World!",
    event("cat", 4183, 3, "d...", 2801.123456, "Hello, World!"),
  ],
  [
    "             cat-4183  [003] d... 2801.123456: 0: old",
    event("cat", 4183, 3, "d...", 2801.123456, "old", "0"),
  ],
  [
    "             cat-4183  [003] d... 2801.123456: : older",
    event("cat", 4183, 3, "d...", 2801.123456, "older"),
  ],
  [
    "           <...>-25432   [000] ...11 12.000001: bpf_trace_printk: forgotten",
    event("<...>", 25432, 0, "...11", 12.000001, "forgotten"),
  ],
  [
    " kworker/u8:2-ev-97      [001] d.h41   100.5: bpf_trace_printk: x",
    event("kworker/u8:2-ev", 97, 1, "d.h41", 100.5, "x"),
  ],
  [
    "   Web Content-3-77777   [010] .....  7.25: bpf_trace_printk: y",
    event("Web Content-3", 77777, 10, ".....", 7.25, "y"),
  ],
  [
    "  systemd-udevd-9        [001] d..31    1.000000: bpf_trace_printk: ",
    event("systemd-udevd", 9, 1, "d..31", 1, ""),
  ],
  [
    "  systemd-udevd-9        [001] d..31    1.000000: bpf_trace_printk:",
    event("systemd-udevd", 9, 1, "d..31", 1, ""),
  ],
  // option record-tgid
  [
    "            curl-1234    (   1230) [001] d..31  5.500000: bpf_trace_printk: z",
    event("curl", 1234, 1, "d..31", 5.5, "z"),
  ],
  [
    "            curl-1234    (-------) [001] d..31  5.500000: bpf_trace_printk: z",
    event("curl", 1234, 1, "d..31", 5.5, "z"),
  ],
  // option noirq-info, and a trace clock that counts
  ["            curl-1234    [001]  5.500000: bpf_trace_printk: z", event("curl", 1234, 1, "", 5.5, "z")],
  [
    "            curl-1234    [001] d..31 987654: bpf_trace_printk: z",
    event("curl", 1234, 1, "d..31", 987654, "z"),
  ],
  // more than three digits of CPU, blanks and tabs kept
  [
    "            curl-1234    [1023] d..31  5.500000: bpf_trace_printk:   two  \t ",
    event("curl", 1234, 1023, "d..31", 5.5, "  two  \t "),
  ],
  // A name with characters of two bytes: the kernel pads to 16 bytes.
  [
    "         größe-77      [000] d..31  5.500000: bpf_trace_printk: ü",
    event("größe", 77, 0, "d..31", 5.5, "ü"),
  ],
  [
    "    rcu_preempt-16      [000] d..2.  5.500000: sched_switch: prev_comm=rcu_preempt",
    event("rcu_preempt", 16, 0, "d..2.", 5.5, "prev_comm=rcu_preempt", "sched_switch"),
  ],
  [
    "          <idle>-0       [001] d.h1.  5.500000: sys_exit(NR: 1)",
    event("<idle>", 0, 1, "d.h1.", 5.5, "sys_exit(NR: 1)", ""),
  ],
  ["CPU:1 [LOST 12 EVENTS]", { kind: "lost", cpu: 1, count: 12 }],
  ["CPU:13 [LOST EVENTS]", { kind: "lost", cpu: 13, count: 1 }],
  ["# tracer: nop", { kind: "other" }],
  ["#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION", { kind: "other" }],
  ["", { kind: "other" }],
  ["second line of a message", { kind: "other" }],
];

for (const [line, parsed] of cases) {
  test(line === "" ? "an empty line" : line.trim(), () => {
    assert.deepEqual(parseTraceLine(line), parsed);
  });
}

test("a name that looks like the beginning of a line is still the name", () => {
  const name = "a-1 [0] dd 1: x";
  const parsed = parseTraceLine(` ${name}-4242  [002] d..2. 99.000000: bpf_trace_printk: hi`);
  assert.deepEqual(parsed, event(name, 4242, 2, "d..2.", 99, "hi"));
});

test("a line of any length is parsed in no time", () => {
  const long = `${"a-1 [1] ".repeat(20_000)}`;
  const start = performance.now();
  assert.equal(parseTraceLine(long).kind, "other");
  assert(performance.now() - start < 1000);
});
