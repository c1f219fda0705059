// Sockets: kprobes by their names, reads through pointers and unions, addresses of both families, byte order.
#include <uapi/linux/ptrace.h>
#include <net/sock.h>
#include <net/inet_sock.h>
#include <bcc/proto.h>

BPF_HASH(connecting, u32, struct sock *);
struct ipv4_data_t {
	u64 ts_us;
	u32 pid, saddr, daddr;
	u16 lport, dport;
	char task[TASK_COMM_LEN];
};
BPF_PERF_OUTPUT(ipv4_events);
struct ipv6_data_t {
	u64 ts_us;
	u32 pid;
	unsigned __int128 saddr, daddr;
	u16 lport, dport;
	char task[TASK_COMM_LEN];
};
BPF_PERF_OUTPUT(ipv6_events);

int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk)
{
	u32 tid = bpf_get_current_pid_tgid();
	connecting.update(&tid, &sk);
	return 0;
}

int kprobe__tcp_v6_connect(struct pt_regs *ctx, struct sock *sk)
{
	u32 tid = bpf_get_current_pid_tgid();
	connecting.update(&tid, &sk);
	return 0;
}

static int of_return(struct pt_regs *ctx, short version)
{
	int ret = PT_REGS_RC(ctx);
	u64 id = bpf_get_current_pid_tgid();
	u32 pid = id >> 32, tid = id;
	struct sock **skpp = connecting.lookup(&tid);
	if (skpp == 0)
		return 0;
	if (ret != 0) {
		connecting.delete(&tid);
		return 0;
	}
	struct sock *skp = *skpp;
	struct inet_sock *inet = (struct inet_sock *)skp;
	u16 lport = skp->__sk_common.skc_num, dport = skp->__sk_common.skc_dport, sport = inet->inet_sport;
	if (version == 4) {
		struct ipv4_data_t data4 = {.pid = pid, .ts_us = bpf_ktime_get_ns() / 1000};
		data4.saddr = skp->__sk_common.skc_rcv_saddr;
		data4.daddr = skp->sk_daddr;
		data4.lport = lport + (sport == 0);
		data4.dport = ntohs(dport);
		bpf_get_current_comm(&data4.task, sizeof(data4.task));
		ipv4_events.perf_submit(ctx, &data4, sizeof(data4));
	} else {
		struct ipv6_data_t data6 = {.pid = pid, .ts_us = bpf_ktime_get_ns() / 1000};
		bpf_probe_read_kernel(&data6.saddr, sizeof(data6.saddr), skp->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32);
		bpf_probe_read_kernel(&data6.daddr, sizeof(data6.daddr), skp->__sk_common.skc_v6_daddr.in6_u.u6_addr32);
		data6.lport = lport;
		data6.dport = ntohs(dport);
		bpf_get_current_comm(&data6.task, sizeof(data6.task));
		ipv6_events.perf_submit(ctx, &data6, sizeof(data6));
	}
	connecting.delete(&tid);
	return 0;
}

int kretprobe__tcp_v4_connect(struct pt_regs *ctx) { return of_return(ctx, 4); }
int kretprobe__tcp_v6_connect(struct pt_regs *ctx) { return of_return(ctx, 6); }

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
	if (args->protocol != IPPROTO_TCP || args->newstate != TCP_ESTABLISHED)
		return 0;
	struct ipv4_data_t data4 = {.lport = args->sport, .dport = args->dport};
	struct sock *sk = (struct sock *)args->skaddr;
	if (sk->__sk_common.skc_family == AF_INET)
		__builtin_memcpy(&data4.saddr, args->saddr, sizeof(data4.saddr));
	ipv4_events.perf_submit(args, &data4, sizeof(data4));
	return 0;
}
