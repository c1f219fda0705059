// Shows how long threads wait for a processor, as histograms. Raw tracepoints only; requires Linux 5.14.
//   bcc-ts run examples/tools/runqlat.ts -- --help
import { intervals, load, log2Histograms, usage } from "bcc-ts";

const options = usage(`runqlat [options] [interval] [count]

  -T, --timestamp     with the time of day
  -m, --milliseconds  in milliseconds, not microseconds
  -P, --pids          one histogram for each process
      --pidnss        one for each namespace of processes
  -L, --tids          one for each thread
  -p, --pid <number>  of this process only
  interval <number>   seconds between two outputs; without, one at Ctrl-C
  count <number>      outputs
`);

using bpf = await load(
  `
#include <linux/sched.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
struct key { u64 id; u64 slot; };
BPF_HASH(starts, u32, u64);
BPF_HASH(slots, struct key, u64);

static int enqueue(struct task_struct *task)
{
	u32 tid = task->pid;
	u64 ts = bpf_ktime_get_ns();
	if (tid && (!ONLY_PID || task->tgid == ONLY_PID))
		starts.update(&tid, &ts);
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_wakeup) { return enqueue((struct task_struct *)ctx->args[0]); }
RAW_TRACEPOINT_PROBE(sched_wakeup_new) { return enqueue((struct task_struct *)ctx->args[0]); }

RAW_TRACEPOINT_PROBE(sched_switch)
{
	struct task_struct *before = (struct task_struct *)ctx->args[1];
	struct task_struct *task = (struct task_struct *)ctx->args[2];
	struct key key = {};
	// What could go on running waits again.
	if (before->__state == TASK_RUNNING)
		enqueue(before);
	u32 tid = task->pid;
	u64 *start = starts.lookup(&tid);
	if (!start)
		return 0;
	key.slot = bpf_log2l((bpf_ktime_get_ns() - *start) / TIME_UNIT);
	starts.delete(&tid);
	if (BY_NAMESPACE)
		key.id = task->nsproxy->pid_ns_for_children->ns.inum;
	else if (BY_PID || BY_TID)
		key.id = BY_TID ? tid : task->tgid;
	slots.atomic_increment(key);
	return 0;
}
`,
  {
    defines: {
      ONLY_PID: options.pid,
      BY_PID: options.pids,
      BY_TID: options.tids,
      BY_NAMESPACE: options.pidnss,
      TIME_UNIT: options.milliseconds ? 1e6 : 1e3,
    },
  },
);

const by = options.pidnss ? "pidns" : options.tids ? "tid" : options.pids ? "pid" : undefined;
const title = ({ id }: { id: bigint }) => (by === undefined ? "" : `${by} = ${id}`);
const label = options.milliseconds ? "msecs" : "usecs";
console.log("Tracing run queue latency... Hit Ctrl-C to end.");
for await (const _ of intervals({ seconds: options.interval, count: options.count })) {
  console.log(options.timestamp ? `\n${new Date().toTimeString().slice(0, 8)}` : "");
  process.stdout.write(log2Histograms(bpf.maps.slots.readAndClear(), { label, title }));
}
