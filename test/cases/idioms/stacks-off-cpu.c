// Time off the processor by stack: a tracepoint's fields, both stacks, a filter by state, an LRU of what is waited for.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>

#define MINBLOCK_US 1ULL

struct key_t {
	u64 pid;
	int user_stack, kernel_stack;
	char name[TASK_COMM_LEN];
};
BPF_TABLE("lru_hash", u32, u64, left, 10240);
BPF_HASH(counts, struct key_t);
BPF_STACK_TRACE(stacks, 1000);

static inline bool is_wanted(struct task_struct *task)
{
	return !(task->flags & PF_KTHREAD) && task->mm != NULL;
}

TRACEPOINT_PROBE(sched, sched_switch)
{
	u32 prev = args->prev_pid, pid = bpf_get_current_pid_tgid();
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 now = bpf_ktime_get_ns(), *then;
	if (is_wanted(task) && args->prev_state >= 0)
		left.update(&prev, &now);
	u32 next = args->next_pid;
	then = left.lookup(&next);
	if (then == 0)
		return 0;
	u64 delta = (now - *then) / 1000;
	left.delete(&next);
	if (delta < MINBLOCK_US)
		return 0;
	struct key_t key = {.pid = pid};
	key.user_stack = stacks.get_stackid(args, BPF_F_USER_STACK);
	key.kernel_stack = stacks.get_stackid(args, 0);
	bpf_get_current_comm(&key.name, sizeof(key.name));
	counts.increment(key, delta);
	return 0;
}
