// Kernel memory that is loaded without a probe read: the current task, and the arguments of a raw tracepoint.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { load } from "bcc-ts";
import { needsFeature } from "./needs-feature.ts";

test("a raw tracepoint's arguments are followed, on any verifier", async (t) => {
  if (!needsFeature(t, "raw tracepoints") || !needsFeature(t, "BTF")) return;
  using bpf = await load(`
struct seen { u32 parent; u32 files; char comm[TASK_COMM_LEN]; };
BPF_HASH(direct, u32, struct seen);
BPF_HASH(hashed, u32, u64);
RAW_TRACEPOINT_PROBE(sched_wakeup_new)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u32 pid = task->pid;
	struct seen seen = { .parent = task->real_parent->tgid, .files = task->mm->exe_file->f_mode };
	bpf_probe_read_kernel_str(&seen.comm, sizeof(seen.comm), task->comm);
	direct.update(&pid, &seen);
	return 0;
}
RAW_TRACEPOINT_PROBE(sched_process_exit)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u32 pid = task->pid;
	u64 key = (u64)task >> 3;
	hashed.update(&pid, &key);
	return 0;
}`);
  const child = spawn("/bin/true");
  await new Promise((resolve) => child.on("close", resolve));
  const seen = bpf.maps.direct.get(child.pid ?? 0);
  assert.equal(seen?.parent, process.pid);
  assert.equal(seen?.comm, readFileSync("/proc/self/comm", "utf8").trim());
  assert.ok(seen.files > 0);
  assert.ok((bpf.maps.hashed.get(child.pid ?? 0) ?? 0n) > 0n);
  assert.throws(
    () => bpf.attachRawTracepoint({ tp: "sys_enter", fnName: "raw_tracepoint__sched_wakeup_new" }),
    {
      code: "ATTACH",
      target: "sys_enter",
    },
  );
});

test("the current task is followed", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  using bpf = await load(
    `
BPF_ARRAY(tgids, u32, 2);
int reads(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	int zero = 0, one = 1;
	u32 tgid = task->tgid, parent = task->group_leader->real_parent->tgid;
	if (tgid != PID) return 0;
	tgids.update(&zero, &tgid);
	tgids.update(&one, &parent);
	return 0;
}`,
    { defines: { PID: process.pid }, attach: false },
  );
  bpf.attachRawTracepoint({ tp: "sys_enter", fnName: "reads" });
  statSync("/");
  assert.deepEqual([...bpf.maps.tgids.values()], [process.pid, process.ppid]);
});
