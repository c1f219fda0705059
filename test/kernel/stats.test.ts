// What the kernel counts of programs and probes: runs, times, and what they missed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { load } from "bcc-ts";
import { kernelAtLeast } from "../../src/kernel/kernel-version.ts";
import { needsFeature } from "./needs-feature.ts";

test("runs and times are counted when they are asked for", async () => {
  using bpf = await load(`
BPF_HASH(calls, u32, u64);
RAW_TRACEPOINT_PROBE(sys_enter) { u32 pid = bpf_get_current_pid_tgid() >> 32; calls.increment(pid); return 0; }`);
  const before = bpf.stats();
  assert.deepEqual(before.buffers, {});
  assert.deepEqual(
    before.links.map(({ program, kind, target, count, missed }) => [program, kind, target, count, missed]),
    [["raw_tracepoint__sys_enter", "raw-tracepoint", "sys_enter", 1, undefined]],
  );
  const first = before.programs.raw_tracepoint__sys_enter;
  assert.ok(first && first.id > 0 && first.instructions > 5 && first.machineCodeBytes >= 0);
  bpf.enableStats();
  const calls = () => bpf.maps.calls.get(process.pid) ?? 0n;
  const start = calls();
  for (let i = 0; i < 100; i++) process.umask();
  const made = calls() - start;
  const second = bpf.stats().programs.raw_tracepoint__sys_enter;
  assert.ok(second && made >= 100n);
  assert.ok(
    second.runs - first.runs >= made,
    `${second.runs - first.runs} runs, ${made} calls of this process alone`,
  );
  assert.ok(second.runTime > first.runTime);
  assert.equal(second.recursionMisses === undefined, !kernelAtLeast("5.12"));
  assert.equal(second.verifiedInstructions === undefined, !kernelAtLeast("5.16"));
});

/** What sends 2000 bytes to a buffer of one page: the buffer, and the statements. */
const FLOODS = {
  ring: [
    "BPF_RINGBUF_OUTPUT(events, 1);",
    `struct event *event = events.ringbuf_reserve(sizeof(struct event));
  if (event == 0) return 0;
  event->bytes[0] = 1;
  events.ringbuf_submit(event, 0);`,
  ],
  perf: [
    "BPF_PERF_OUTPUT(events); BPF_ARRAY(memory, struct event, 1);",
    `int zero = 0;
  struct event *event = memory.lookup(&zero);
  if (event) events.perf_submit(ctx, event, sizeof(*event));`,
  ],
} as const;

for (const [kind, [buffer, statements]] of Object.entries(FLOODS)) {
  test(`lost events of a ${kind} buffer are in the statistics, and told at the end`, async () => {
    const told: unknown[] = [];
    const bpf = await load(
      `struct event { char bytes[2000]; };
${buffer}
RAW_TRACEPOINT_PROBE(sys_enter) {
  if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
  ${statements}
  return 0;
}`,
      {
        defines: { PID: process.pid },
        buffers: kind === "perf" ? { events: { pages: 1 } } : {},
        onLost: (...loss) => told.push(loss),
      },
    );
    after(() => bpf.close());
    for (let i = 0; i < 100; i++) process.umask();
    const { lost } = bpf.stats().buffers.events ?? { lost: 0 };
    assert.ok(lost > 50, `${lost} lost`);
    bpf.close();
    const [name, count, what] = told[0] as [string, number, string];
    assert.deepEqual([name, what], ["events", "events"]);
    assert.ok(count >= lost);
    assert.throws(() => bpf.stats(), { name: "ClosedError" });
  });
}

test("a kretprobe tells how many returns it missed", async (t) => {
  if (!needsFeature(t, "kprobes")) return;
  const told: unknown[] = [];
  const bpf = await load(
    `BPF_HASH(returns, u32, u64);
int kretprobe__hrtimer_nanosleep(struct pt_regs *ctx) { u32 all = 0; returns.increment(all); return 0; }`,
    { onLost: (...loss) => told.push(loss) },
  );
  after(() => bpf.close());
  // More sleep at once than the kernel follows: ten, or two for each CPU.
  spawnSync("sh", ["-c", "for i in $(seq 60); do sleep 4 & done; wait"]);
  const [link] = bpf.stats().links;
  const seen = Number(bpf.maps.returns.get(0) ?? 0n);
  if (!kernelAtLeast("6.7")) return assert.equal(link?.missed, undefined, "this kernel does not tell");
  const missed = link?.missed ?? 0;
  // Two CPUs may raise the kernel's counter at once, and one is lost.
  assert.ok(missed > 0 && seen + missed >= 55, `${seen} seen, ${missed} missed`);
  bpf.close();
  assert.deepEqual(told[0], ["kretprobe hrtimer_nanosleep", missed, "runs"]);
});
