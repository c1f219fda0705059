// However a trace ends, nothing of it stays in the kernel.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { load } from "bcc-ts";
import { checkFeature } from "../../src/kernel/features.ts";
import { TestProcess } from "../cli-process.ts";
import { idsHeldBy, NOTHING, remaining, tracefsProbes } from "./kernel-ids.ts";
import { needsFeature } from "./needs-feature.ts";

const SCRIPT = fileURLToPath(new URL("ending-child.js", import.meta.url));
const inGuest = process.env.BCC_TS_TEST_GUEST !== undefined;
const kprobes = checkFeature("kprobes").available;

interface Way {
  readonly name: string;
  readonly signal?: NodeJS.Signals;
  readonly status?: number;
}

/** These differ in what the kernel sees; in a guest, where a process takes seconds to start, they must do. */
const UNLIKE: readonly Way[] = [
  { name: "close", status: 0 },
  { name: "throw", status: 1 },
  { name: "SIGTERM", signal: "SIGTERM" },
  { name: "SIGKILL", signal: "SIGKILL" },
];
const LIKE_OTHERS: readonly Way[] = [
  { name: "exit", status: 3 },
  { name: "reject", status: 1 },
  { name: "SIGHUP", signal: "SIGHUP" },
  { name: "SIGINT", signal: "SIGINT" },
];
const WAYS = inGuest ? UNLIKE : [...UNLIKE, ...LIKE_OTHERS];

async function start(way: string): Promise<TestProcess> {
  const child = new TestProcess(process.execPath, [SCRIPT, way, kprobes ? "kprobes" : ""]);
  await child.until("attaching", () => child.lines.includes("attached"));
  return child;
}

// All at once: they share the kernel, and each must take only what is its own.
test("probes of processes that end in every way are gone", { concurrency: true }, async (t) => {
  if (!needsFeature(t, "raw tracepoints") || !needsFeature(t, "tracepoints")) return;
  const probes = kprobes ? 4 : 2;
  await start("close").then((first) => first[Symbol.dispose]()); // The others find its object compiled.
  await Promise.all(
    WAYS.map(({ name, signal, status }) =>
      t.test(name, async () => {
        using child = await start(name);
        const held = idsHeldBy(child.pid);
        assert.equal(held.programs.length, probes, "programs");
        assert.equal(held.links.length, probes, "links");
        assert.ok(held.maps.length >= 2, "maps");
        if (signal === undefined) child.child.stdin?.end("end\n");
        const ended = await child.end(signal);
        assert.deepEqual([ended.status, ended.signal], [status ?? null, signal ?? null], ended.stderr);
        if (name === "throw") assert.match(ended.stderr, /not caught/);
        assert.deepEqual(await remaining(held), NOTHING);
        assert.equal(tracefsProbes(), "");
      }),
    ),
  );
});

const TEXT = `
BPF_HASH(calls, u32, u64);
BPF_PERF_OUTPUT(samples);
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	calls.increment(pid);
	samples.perf_submit(ctx, &pid, sizeof(pid));
	return 0;
}`;

test("close() and using give back all that a program held, in a process that goes on", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  (await load(TEXT)).close(); // What is loaded once for the process is not the program's.
  const descriptors = readdirSync("/proc/self/fd").length;
  let held = NOTHING;
  for (let round = 0; round < 5; round++) {
    using bpf = await load(TEXT);
    held = idsHeldBy("self");
    assert.deepEqual([held.programs.length, held.links.length], [1, 1]);
    if (round % 2 === 0) bpf.close();
    bpf.close();
    assert.deepEqual(idsHeldBy("self").links, []);
  }
  assert.deepEqual(await remaining(held), NOTHING);
  assert.equal(readdirSync("/proc/self/fd").length, descriptors);
});

test("a load that fails half-way leaves nothing", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const descriptors = readdirSync("/proc/self/fd").length;
  // The first is attached before the second turns out to be impossible.
  const text = `
    RAW_TRACEPOINT_PROBE(sched_process_exit) { return 0; }
    RAW_TRACEPOINT_PROBE(sched_process_exited) { return 0; }`;
  await assert.rejects(load(text), { name: "AttachError", target: "sched_process_exited" });
  assert.deepEqual(idsHeldBy("self"), NOTHING);
  assert.equal(readdirSync("/proc/self/fd").length, descriptors);
});
