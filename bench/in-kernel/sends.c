// Bytes sent by TCP, by process and addresses: many members of one struct.
#include <net/sock.h>
#include <net/inet_sock.h>
struct key_t { u32 pid; u32 saddr; u32 daddr; u16 lport; u16 dport; u32 mark; u32 state; };
BPF_HASH(sent, struct key_t);

int kprobe__tcp_sendmsg(struct pt_regs *ctx, struct sock *sk, struct msghdr *msg, size_t size)
{
	u16 family = sk->__sk_common.skc_family;
	if (family != AF_INET) return 0;
	struct key_t key = { .pid = bpf_get_current_pid_tgid() >> 32 };
	key.saddr = sk->__sk_common.skc_rcv_saddr;
	key.daddr = sk->__sk_common.skc_daddr;
	key.lport = sk->__sk_common.skc_num;
	u16 dport = sk->__sk_common.skc_dport;
	key.dport = ntohs(dport);
	key.state = sk->__sk_common.skc_state;
	key.mark = sk->sk_mark;
	sent.increment(key, size);
	return 0;
}
