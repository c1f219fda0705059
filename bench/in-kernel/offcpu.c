// Where tasks leave the CPU, and for how long: stacks as keys.
#include <linux/sched.h>
struct key_t { u32 pid; u32 tgid; int user_stack; int kernel_stack; char name[TASK_COMM_LEN]; };
BPF_HASH(counts, struct key_t);
BPF_HASH(start, u32);
BPF_STACK_TRACE(stacks, 4096);

RAW_TRACEPOINT_PROBE(sched_switch)
{
	struct task_struct *prev = (struct task_struct *)ctx->args[1];
	u32 pid = prev->pid, tgid = prev->tgid;
	u64 ts = bpf_ktime_get_ns(), *tsp;
	start.update(&pid, &ts);
	struct task_struct *next = (struct task_struct *)ctx->args[2];
	pid = next->pid;
	tgid = next->tgid;
	tsp = start.lookup(&pid);
	if (tsp == 0) return 0;
	u64 us = (bpf_ktime_get_ns() - *tsp) / 1000;
	start.delete(&pid);
	if (us < 1) return 0;
	struct key_t key = {};
	key.pid = pid;
	key.tgid = tgid;
	key.user_stack = stacks.get_stackid(ctx, BPF_F_USER_STACK);
	key.kernel_stack = stacks.get_stackid(ctx, 0);
	bpf_get_current_comm(&key.name, sizeof(key.name));
	counts.increment(key, us);
	return 0;
}
