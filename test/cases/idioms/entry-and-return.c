// What a call was given is kept by thread until it returns: hash, struct, user string, perf buffer, filter.
// kprobe do_sys_openat2 entered
// kretprobe do_sys_openat2 returned
#include <uapi/linux/ptrace.h>
#include <uapi/linux/limits.h>
#include <linux/sched.h>

struct open_t {
	u64 id;
	u64 began;
	const char *path;
	char comm[TASK_COMM_LEN];
};
struct line_t {
	u64 took;
	u32 pid, uid;
	int ret;
	char comm[TASK_COMM_LEN];
	char path[NAME_MAX];
};
BPF_HASH(opens, u64, struct open_t);
BPF_PERF_OUTPUT(lines);

int entered(struct pt_regs *ctx, int dfd, const char __user *path)
{
	struct open_t open = {};
	u64 id = bpf_get_current_pid_tgid();
	u32 pid = id >> 32;
	if (pid == 0)
		return 0;
	if (bpf_get_current_comm(&open.comm, sizeof(open.comm)) == 0) {
		open.id = id;
		open.began = bpf_ktime_get_ns();
		open.path = path;
		opens.update(&id, &open);
	}
	return 0;
}

int returned(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();
	struct open_t *open = opens.lookup(&id);
	if (open == 0)
		return 0;
	struct line_t line = {};
	bpf_probe_read_kernel(&line.comm, sizeof(line.comm), open->comm);
	bpf_probe_read_user_str(&line.path, sizeof(line.path), (void *)open->path);
	line.pid = open->id >> 32;
	line.uid = bpf_get_current_uid_gid();
	line.took = now - open->began;
	line.ret = PT_REGS_RC(ctx);
	lines.perf_submit(ctx, &line, sizeof(line));
	opens.delete(&id);
	return 0;
}
