// New programs with their ancestors: a chain of pointers from the current task.
#include <linux/sched.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
struct event { u32 pid; u32 ppid; u32 grandparent; u32 uid; u32 cgroup; u32 session; char comm[TASK_COMM_LEN]; char parent[TASK_COMM_LEN]; };
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(sched, sched_process_exec)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct event e = {};
	e.pid = task->tgid;
	e.ppid = task->real_parent->tgid;
	e.grandparent = task->real_parent->real_parent->tgid;
	e.uid = task->cred->uid.val;
	e.session = task->nsproxy->pid_ns_for_children->ns.inum;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	bpf_probe_read_kernel_str(&e.parent, sizeof(e.parent), task->real_parent->comm);
	events.perf_submit(args, &e, sizeof(e));
	return 0;
}
