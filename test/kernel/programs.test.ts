// Programs in bcc's dialect, against what /proc and this process itself know.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { test } from "node:test";
import { promisify } from "node:util";
import { load, log2Histogram } from "bcc-ts";
import { needsFeature } from "./needs-feature.ts";

const run = promisify(execFile);

test("a tracepoint program gets the tracepoint's fields", async (t) => {
  if (!needsFeature(t, "tracepoints") || !needsFeature(t, "ring buffer")) return;
  using bpf = await load(`
struct exec_event { u32 pid; u32 old_pid; u32 parent; char comm[TASK_COMM_LEN]; char file[64]; };
BPF_RINGBUF_OUTPUT(execs, 8);
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	struct exec_event event = { .pid = args->pid, .old_pid = args->old_pid };
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	event.parent = task->real_parent->tgid;
	bpf_get_current_comm(&event.comm, sizeof(event.comm));
	TP_DATA_LOC_READ_CONST(&event.file, filename, sizeof(event.file));
	execs.ringbuf_output(&event, sizeof(event), 0);
	return 0;
}`);
  const child = spawn("/bin/cat", [], { stdio: ["pipe", "ignore", "ignore"] });
  for await (const event of bpf.rings.execs) {
    if (event.pid !== child.pid) continue;
    assert.deepEqual(event, {
      pid: child.pid,
      old_pid: child.pid,
      parent: process.pid,
      comm: "cat",
      file: "/bin/cat",
    });
    break;
  }
  child.stdin.end();
  await once(child, "exit");
});

test("a raw tracepoint program reads a task as C does", async (t) => {
  if (!needsFeature(t, "raw tracepoints") || !needsFeature(t, "ring buffer")) return;
  using bpf = await load(`
struct fork_event {
	u32 pid, tgid, parent, grandparent, uid;
	u64 start_time;
	char comm[TASK_COMM_LEN], parent_comm[TASK_COMM_LEN];
};
BPF_RINGBUF_OUTPUT(wakes, 64);
RAW_TRACEPOINT_PROBE(sched_wakeup_new)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct fork_event event = { .pid = task->pid, .tgid = task->tgid, .start_time = task->start_time };
	event.parent = task->real_parent->tgid;
	event.grandparent = task->real_parent->real_parent->tgid;
	event.uid = task->cred->uid.val;
	bpf_probe_read_kernel_str(&event.comm, sizeof(event.comm), task->comm);
	bpf_probe_read_kernel_str(&event.parent_comm, sizeof(event.parent_comm), task->real_parent->comm);
	wakes.ringbuf_output(&event, sizeof(event), 0);
	return 0;
}`);
  const child = spawn("sh", ["-c", "echo $PPID; read line"], { stdio: ["pipe", "pipe", "inherit"] });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  // Fields of /proc/PID/stat after the name: state, parent, ... start time in ticks of 10 ms.
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  for await (const event of bpf.rings.wakes) {
    if (event.pid !== child.pid) continue;
    assert.equal(event.tgid, child.pid);
    assert.deepEqual([event.parent, String(event.parent)], [process.pid, stat[1]]);
    assert.equal(event.parent, Number(String(printed)));
    assert.equal(event.grandparent, process.ppid);
    assert.equal(event.uid, process.getuid?.());
    assert.equal(event.parent_comm, readFileSync("/proc/self/comm", "utf8").trim());
    assert.ok(Math.abs(Number(event.start_time) / 1e7 - Number(stat[19])) <= 1.5, `${event.start_time}`);
    break;
  }
  child.stdin.end();
  await once(child, "exit");
});

test("counters that many processes raise at once lose nothing", async (t) => {
  if (!needsFeature(t, "tracepoints")) return;
  using bpf = await load(
    `
struct seen { u64 count; u32 first_pid; };
BPF_HASH(plain, u32, u64);
BPF_HASH(by_parent, u32, struct seen);
BPF_PERCPU_ARRAY(per_cpu, u64, 1);
BPF_PERCPU_HASH(per_cpu_hash, u32, u64);
BPF_HISTOGRAM(lengths);
BPF_HISTOGRAM(by_size, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_write)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u32 parent = task->real_parent->tgid;
	if (parent != PARENT || args->fd != 1)
		return 0;
	plain.atomic_increment(parent);
	struct seen none = { .first_pid = bpf_get_current_pid_tgid() >> 32 };
	struct seen *seen = by_parent.lookup_or_try_init(&parent, &none);
	if (seen)
		lock_xadd(&seen->count, 1);
	per_cpu.increment(0);
	u64 *mine = per_cpu_hash.lookup_or_try_init(&parent, &(u64){ 0 });
	if (mine)
		*mine += 1;
	lengths.atomic_increment(bpf_log2l(args->count));
	by_size.atomic_increment(args->count);
	return 0;
}`,
    { cflags: [`-DPARENT=${process.pid}`] },
  );
  const WRITERS = 8;
  const ROUNDS = 200;
  // Each round writes 1, 10 and 100 bytes.
  const script = `
    exec >/dev/null; i=0; ten=0123456789; hundred=$ten$ten$ten$ten$ten$ten$ten$ten$ten$ten
    while [ $i -lt ${ROUNDS} ]; do printf 1; printf $ten; printf $hundred; i=$((i + 1)); done`;
  const writers = Array.from({ length: WRITERS }, () => run("/bin/sh", ["-c", script]));
  const pids = writers.map(({ child }) => child.pid);
  await Promise.all(writers);

  const each = BigInt(WRITERS * ROUNDS);
  const { plain, by_parent, per_cpu, per_cpu_hash, lengths, by_size } = bpf.maps;
  assert.deepEqual([...plain.entries()], [[process.pid, each * 3n]]);
  const seen = by_parent.get(process.pid);
  assert.equal(seen?.count, each * 3n);
  assert.ok(pids.includes(seen?.first_pid));
  const perCpu = per_cpu.get(0) ?? [];
  const perCpuOfHash = per_cpu_hash.get(process.pid) ?? [];
  assert.ok(perCpu.length >= cpus().length);
  assert.deepEqual(perCpuOfHash, perCpu);
  // A CPU's counter is not atomic: a program may be interrupted by another on the same CPU only.
  assert.equal(sum(perCpu), each * 3n);
  assert.deepEqual(
    [...lengths.entries()].filter(([, count]) => count > 0n).sort(([a], [b]) => Number(a) - Number(b)),
    [1, 4, 7].map((slot) => [slot, each]),
  );
  assert.deepEqual(
    [1n, 10n, 100n].map((size) => by_size.get(size)),
    [each, each, each],
  );
  const drawn = log2Histogram(lengths, { label: "bytes" });
  for (const interval of ["0 -> 1 ", "8 -> 15 ", "64 -> 127 "]) {
    assert.match(drawn, new RegExp(`^ +${interval} +: ${each} +\\|\\*{40}\\|$`, "m"));
  }
});

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
