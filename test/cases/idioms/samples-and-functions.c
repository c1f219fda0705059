// Samples of the processor, functions of libraries, a tail call, networks by prefix: what is attached by request.
// perf-event 99 sampled
// uprobe c:getenv of_getenv
// uretprobe c:getenv of_result
#include <uapi/linux/ptrace.h>
#include <uapi/linux/bpf_perf_event.h>
#include <linux/sched.h>

struct key_t {
	u32 pid;
	u64 kernel_ip;
	int user_stack_id;
	char name[TASK_COMM_LEN];
};
struct subnet_t {
	u32 prefix;
	u32 address;
};
BPF_HASH(counts, struct key_t);
BPF_STACK_TRACE(stack_traces, 16384);
BPF_LPM_TRIE(subnets, struct subnet_t, u32, 64);
BPF_PROG_ARRAY(steps, 2);
BPF_QUEUE(names, u64, 16);
BPF_TABLE("array", int, u64, seen, 2);

int sampled(struct bpf_perf_event_data *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tgid = id >> 32;
	if (tgid == 0)
		return 0;
	struct key_t key = {.pid = tgid};
	bpf_get_current_comm(&key.name, sizeof(key.name));
	key.user_stack_id = stack_traces.get_stackid(&ctx->regs, BPF_F_USER_STACK);
	if (key.user_stack_id < 0)
		key.kernel_ip = PT_REGS_IP(&ctx->regs);
	counts.increment(key);
	return 0;
}

int of_getenv(struct pt_regs *ctx, char *name)
{
	if (!PT_REGS_PARM1(ctx))
		return 0;
	u64 first = 0;
	bpf_probe_read_user(&first, sizeof(first), name);
	names.push(&first, BPF_EXIST);
	struct subnet_t subnet = {.prefix = 32, .address = first};
	u32 *network = subnets.lookup(&subnet);
	if (network)
		seen.increment(*network & 1);
	steps.call(ctx, 1);
	return 0;
}

int of_result(struct pt_regs *ctx)
{
	int found = PT_REGS_RC(ctx) != 0;
	u64 *count = seen.lookup(&found);
	if (count)
		lock_xadd(count, 1);
	return 0;
}
