// `bcc-ts run FILE.c`, and what is printed of a program instead of running it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkFeature } from "../../src/kernel/features.ts";
import { runCli, startCli } from "../cli-process.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { idsHeldBy, NOTHING, remaining } from "./kernel-ids.ts";
import { needsFeature } from "./needs-feature.ts";

const directory = temporaryDirectory("c-file");
// The kprobe is there to be attached where there are kprobes; what is shown comes from everywhere.
const kprobe = checkFeature("kprobes").available ? "int kprobe__vfs_open(void *ctx) { return 0; }" : "";
const STRUCT = "struct exec_event { u32 pid; u64 start; char comm[TASK_COMM_LEN]; };\n";
const program = (first: string) => `${first}
BPF_RINGBUF_OUTPUT(execs, 8);
BPF_PERF_OUTPUT(samples);
RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct exec_event event = { .pid = task->tgid, .start = 1ull << 60 };
	bpf_get_current_comm(&event.comm, sizeof(event.comm));
	execs.ringbuf_output(&event, sizeof(event), 0);
	samples.perf_submit(ctx, &event, sizeof(event));
	bpf_trace_printk("exec of %d by %s\\n", event.pid, event.comm);
	return 0;
}
${kprobe}
`;
const file = join(directory, "execs.c");
writeFileSync(file, program(STRUCT));
const withHeader = join(directory, "with-header.c");
writeFileSync(withHeader, program('#include "exec.h"'));
writeFileSync(join(directory, "exec.h"), STRUCT);
const programs = ["raw_tracepoint__sched_process_exec", ...(kprobe === "" ? [] : ["kprobe__vfs_open"])];

/** A process that the program sees; it is gone when this returns. */
function execOnce(): number {
  return Number(execFileSync("/bin/sh", ["-c", "echo $$"], { encoding: "utf8" }));
}

for (const format of ["text", "json"] as const) {
  test(`a C file shows what it prints and sends until Ctrl-C, as ${format}`, async (t) => {
    if (!needsFeature(t, "raw tracepoints") || !needsFeature(t, "trace pipe")) return;
    using cli = startCli(["run", "-f", format, format === "text" ? withHeader : file]);
    await cli.until("attaching", () => cli.stderr.includes("attached"));
    assert.ok(cli.stderr.includes(programs.join(", ")), cli.stderr);
    const held = idsHeldBy(cli.pid);
    assert.equal(held.links.length, programs.length);
    const pid = execOnce();
    const event = `{"pid":${pid},"start":"1152921504606846976","comm":"sh"}`;
    const asJson = (line: string) => JSON.parse(line) as { pid?: number; msg?: string };
    const wanted: ((line: string) => boolean)[] =
      format === "text"
        ? [
            (line) => line === `execs: ${event}`,
            (line) => line === `samples: ${event}`,
            (line) => new RegExp(`^sh-${pid} \\[\\d+\\] \\d+\\.\\d{6}: exec of ${pid} by sh$`).test(line),
          ]
        : [
            (line) => line === `{"execs":${event}}`,
            (line) => line === `{"samples":${event}}`,
            (line) => asJson(line).pid === pid && asJson(line).msg === `exec of ${pid} by sh`,
          ];
    await cli.until("all three", () => wanted.every((is) => cli.lines.some(is)));
    const ended = await cli.end("SIGINT");
    assert.equal(ended.status, 0, ended.stderr);
    assert.deepEqual(await remaining(held), NOTHING);
  });
}

test("--dry-run loads and attaches nothing", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const { status, stdout, stderr } = await runCli(["run", "--dry-run", file]);
  assert.equal(status, 0, stderr);
  const expected = ["loaded, would be attached to raw-tracepoint sched_process_exec"];
  if (kprobe !== "") expected.push("loaded, would be attached to kprobe vfs_open");
  assert.equal(String(stdout), expected.map((text, i) => `${programs[i]}: ${text}\n`).join(""));
  // What the kernel would refuse is refused.
  const bad = join(directory, "bad.c");
  writeFileSync(bad, "RAW_TRACEPOINT_PROBE(sys_enter)\n{\n\treturn *(int *)bpf_get_current_pid_tgid();\n}\n");
  const refused = await runCli(["run", "--dry-run", bad]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /bad\.c:3:/);
});

test("facts emitted here give the object that compiling here gives", async (t) => {
  if (!needsFeature(t, "BTF")) return;
  const facts = join(directory, "facts.json");
  const [emitted, live] = await Promise.all([
    runCli(["run", "--emit", "facts", file]),
    runCli(["run", "--emit", "object", file]),
  ]);
  assert.deepEqual([emitted.status, live.status], [0, 0], emitted.stderr + live.stderr);
  writeFileSync(facts, emitted.stdout);
  assert.equal(live.stdout.toString("latin1", 0, 4), "\x7fELF");
  // An object of the same kernel is the same, and would be taken from the cache.
  const env = { BCC_TS_CACHE: join(directory, "cache") };
  const fromFacts = await runCli(["run", "--facts", facts, "--emit", "object", file], { env });
  assert.equal(fromFacts.status, 0, fromFacts.stderr);
  assert.ok(fromFacts.stdout.equals(live.stdout), "the same bytes");
  // They are facts about what this program uses and nothing else.
  const other = join(directory, "other.c");
  writeFileSync(other, "int kprobe__f(struct pt_regs *ctx, struct dentry *d) { return d->d_flags; }");
  const missing = await runCli(["run", "--facts", facts, "--emit", "object", other]);
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /dentry/);
});
