// Changes of a TCP socket's state, out of the tracepoint's record, and how long each state lasted.
#include <net/sock.h>
struct event { u64 ts; u64 us; u32 saddr; u32 daddr; u16 sport; u16 dport; u32 old; u32 new; char task[16]; };
BPF_HASH(last, struct sock *, u64);
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
	if (args->protocol != IPPROTO_TCP) return 0;
	struct sock *sk = (struct sock *)args->skaddr;
	u64 *before = last.lookup(&sk), now = bpf_ktime_get_ns();
	struct event e = {};
	e.ts = now / 1000;
	e.us = before == 0 ? 0 : (now - *before) / 1000;
	e.old = args->oldstate;
	e.new = args->newstate;
	e.sport = args->sport;
	e.dport = args->dport;
	__builtin_memcpy(&e.saddr, args->saddr, sizeof(e.saddr));
	__builtin_memcpy(&e.daddr, args->daddr, sizeof(e.daddr));
	bpf_get_current_comm(&e.task, sizeof(e.task));
	events.perf_submit(args, &e, sizeof(e));
	if (args->newstate == TCP_CLOSE) last.delete(&sk);
	else last.update(&sk, &now);
	return 0;
}
