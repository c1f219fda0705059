// How long tasks wait for a CPU: the scheduler's raw tracepoints.
#include <linux/sched.h>
BPF_HASH(start, u32);
BPF_HISTOGRAM(dist);

RAW_TRACEPOINT_PROBE(sched_wakeup)
{
	struct task_struct *p = (struct task_struct *)ctx->args[0];
	u32 pid = p->pid, tgid = p->tgid;
	if (tgid == 0 || pid == 0) return 0;
	u64 ts = bpf_ktime_get_ns();
	start.update(&pid, &ts);
	return 0;
}

RAW_TRACEPOINT_PROBE(sched_switch)
{
	struct task_struct *prev = (struct task_struct *)ctx->args[1];
	struct task_struct *next = (struct task_struct *)ctx->args[2];
	u32 pid = prev->pid;
	u64 ts = bpf_ktime_get_ns();
	if (prev->__state == TASK_RUNNING && prev->tgid != 0) start.update(&pid, &ts);
	pid = next->pid;
	if (next->tgid == 0 || pid == 0) return 0;
	u64 *tsp = start.lookup(&pid);
	if (tsp == 0) return 0;
	dist.increment(bpf_log2l((ts - *tsp) / 1000));
	start.delete(&pid);
	return 0;
}
