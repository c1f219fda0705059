// Who opens which file, and with what result: two probes and a table between them.
#include <linux/sched.h>
#include <linux/fs.h>
struct started { u64 id; const char *name; int flags; };
struct event { u64 id; u64 ts; u32 uid; int ret; int flags; char comm[TASK_COMM_LEN]; char name[64]; };
BPF_HASH(running, u64, struct started);
BPF_PERF_OUTPUT(events);

int kprobe__do_sys_openat2(struct pt_regs *ctx, int dfd, const char *filename, struct open_how *how)
{
	struct started s = {};
	s.id = bpf_get_current_pid_tgid();
	s.name = filename;
	s.flags = how->flags;
	running.update(&s.id, &s);
	return 0;
}

int kretprobe__do_sys_openat2(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct started *s = running.lookup(&id);
	struct event e = {};
	if (s == 0) return 0;
	e.id = id;
	e.ts = bpf_ktime_get_ns();
	e.uid = bpf_get_current_uid_gid();
	e.ret = PT_REGS_RC(ctx);
	e.flags = s->flags;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	bpf_probe_read_user_str(&e.name, sizeof(e.name), s->name);
	events.perf_submit(ctx, &e, sizeof(e));
	running.delete(&id);
	return 0;
}
