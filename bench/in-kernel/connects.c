// Connections over IPv4 with their addresses, at the end of connect().
#include <net/sock.h>
#include <linux/sched.h>
struct event { u64 ts; u32 pid; u32 saddr; u32 daddr; u16 lport; u16 dport; u32 uid; char task[TASK_COMM_LEN]; };
BPF_HASH(socks, u32, struct sock *);
BPF_PERF_OUTPUT(events);

int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk)
{
	u32 tid = bpf_get_current_pid_tgid();
	socks.update(&tid, &sk);
	return 0;
}

int kretprobe__tcp_v4_connect(struct pt_regs *ctx)
{
	int ret = PT_REGS_RC(ctx);
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id;
	struct sock **skpp = socks.lookup(&tid);
	if (skpp == 0) return 0;
	if (ret != 0) {
		socks.delete(&tid);
		return 0;
	}
	struct sock *skp = *skpp;
	struct event e = { .pid = id >> 32, .ts = bpf_ktime_get_ns() };
	e.uid = bpf_get_current_uid_gid();
	e.saddr = skp->__sk_common.skc_rcv_saddr;
	e.daddr = skp->__sk_common.skc_daddr;
	e.lport = skp->__sk_common.skc_num;
	u16 dport = skp->__sk_common.skc_dport;
	e.dport = ntohs(dport);
	bpf_get_current_comm(&e.task, sizeof(e.task));
	events.perf_submit(ctx, &e, sizeof(e));
	socks.delete(&tid);
	return 0;
}
