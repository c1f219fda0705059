// System calls: a wrapper's arguments, an array out of user memory in an unrolled loop, tracepoints, maps for each CPU.
// kprobe __x64_sys_execve syscall__execve
// kretprobe __x64_sys_execve did_execve
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
#include <linux/fs.h>

#define ARGSIZE 64
enum event_type { EVENT_ARG, EVENT_RET };
struct data_t {
	u32 pid, ppid;
	char comm[TASK_COMM_LEN];
	enum event_type type;
	char argv[ARGSIZE];
	int retval;
};
BPF_RINGBUF_OUTPUT(events, 8);
BPF_PERCPU_ARRAY(scratch, struct data_t, 1);
BPF_PERCPU_HASH(calls, u32, u64, 512);
BPF_ARRAY(settings, u64, 4);

static int __submit_arg(struct pt_regs *ctx, void *ptr, struct data_t *data)
{
	bpf_probe_read_user_str(data->argv, sizeof(data->argv), ptr);
	events.ringbuf_output(data, sizeof(struct data_t), 0);
	return 1;
}

static int submit_arg(struct pt_regs *ctx, void *ptr, struct data_t *data)
{
	const char *argp = NULL;
	bpf_probe_read_user(&argp, sizeof(argp), ptr);
	if (argp)
		return __submit_arg(ctx, (void *)(argp), data);
	return 0;
}

int syscall__execve(struct pt_regs *ctx, const char __user *filename, const char __user *const __user *__argv,
		    const char __user *const __user *__envp)
{
	int zero = 0;
	struct data_t *data = scratch.lookup(&zero);
	if (!data)
		return 0;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	data->pid = bpf_get_current_pid_tgid() >> 32;
	data->ppid = task->real_parent->tgid;
	bpf_get_current_comm(&data->comm, sizeof(data->comm));
	data->type = EVENT_ARG;
	__submit_arg(ctx, (void *)filename, data);
#pragma unroll
	for (int i = 1; i < 8; i++) {
		if (submit_arg(ctx, (void *)&__argv[i], data) == 0)
			goto out;
	}
	char ellipsis[] = "...";
	__submit_arg(ctx, (void *)ellipsis, data);
out:
	return 0;
}

int did_execve(struct pt_regs *ctx)
{
	struct data_t *data = events.ringbuf_reserve(sizeof(struct data_t));
	if (!data)
		return 1;
	data->type = EVENT_RET;
	data->retval = PT_REGS_RC(ctx);
	if (data->retval > 0) {
		events.ringbuf_discard(data, 0);
		return 0;
	}
	bpf_get_current_comm(&data->comm, sizeof(data->comm));
	events.ringbuf_submit(data, 0);
	return 0;
}

TRACEPOINT_PROBE(raw_syscalls, sys_exit)
{
	u32 key = args->id;
	int which = 1;
	u64 *only = settings.lookup(&which);
	if (args->ret >= 0 || (only && *only && *only != -args->ret))
		return 0;
	u64 *count, none = 0;
	count = calls.lookup_or_try_init(&key, &none);
	if (count)
		(*count)++;
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_openat)
{
	char path[32];
	bpf_probe_read_user_str(&path, sizeof(path), (void *)args->filename);
	if (path[0] == '/' && args->flags & 1)
		bpf_trace_printk("%s %d\n", path, args->flags);
	return 0;
}
