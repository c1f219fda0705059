// Traces active TCP connections over IPv4 and IPv6, with a filter on process and port.
//   bcc-ts run examples/tcpconnect.ts -- [--pid PID] [--port PORT]
import { parseArgs } from "node:util";
import { columns, ipv4, ipv6, load } from "bcc-ts";

const { values: filter } = parseArgs({ options: { pid: { type: "string" }, port: { type: "string" } } });

using bpf = await load(
  `
#include <net/sock.h>

struct connect_event {
	u32 pid;
	u16 family, dport, lport;
	u32 saddr, daddr;
	u8 saddr6[16], daddr6[16];
	char comm[TASK_COMM_LEN];
};
BPF_RINGBUF_OUTPUT(connects, 64);
BPF_HASH(connecting, u32, struct sock *);

static int start(struct sock *sk)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 thread = id;
	if (FILTER_PID && id >> 32 != FILTER_PID)
		return 0;
	connecting.update(&thread, &sk);
	return 0;
}

static int finish(int failed)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 thread = id;
	struct sock **found = connecting.lookup(&thread);
	if (!found)
		return 0;
	struct sock *sk = *found;
	connecting.delete(&thread);
	u16 dport = ntohs(sk->__sk_common.skc_dport);
	if (failed || (FILTER_PORT && dport != FILTER_PORT))
		return 0;
	struct connect_event event = { .pid = id >> 32, .dport = dport };
	event.family = sk->__sk_common.skc_family;
	event.lport = sk->__sk_common.skc_num;
	event.saddr = sk->__sk_common.skc_rcv_saddr;
	event.daddr = sk->__sk_common.skc_daddr;
	bpf_probe_read_kernel(event.saddr6, sizeof(event.saddr6), sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
	bpf_probe_read_kernel(event.daddr6, sizeof(event.daddr6), sk->__sk_common.skc_v6_daddr.in6_u.u6_addr8);
	bpf_get_current_comm(&event.comm, sizeof(event.comm));
	connects.ringbuf_output(&event, sizeof(event), 0);
	return 0;
}

int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk) { return start(sk); }
int kprobe__tcp_v6_connect(struct pt_regs *ctx, struct sock *sk) { return start(sk); }
int kretprobe__tcp_v4_connect(struct pt_regs *ctx) { return finish(PT_REGS_RC(ctx)); }
int kretprobe__tcp_v6_connect(struct pt_regs *ctx) { return finish(PT_REGS_RC(ctx)); }
`,
  { cflags: [`-DFILTER_PID=${Number(filter.pid ?? 0)}`, `-DFILTER_PORT=${Number(filter.port ?? 0)}`] },
);

const AF_INET6 = 10;
console.log(
  columns("%-7s %-12s %-2s %-24s %-6s %-24s %s", "PID", "COMM", "IP", "SADDR", "LPORT", "DADDR", "DPORT"),
);

for await (const { pid, comm, family, saddr, daddr, saddr6, daddr6, lport, dport } of bpf.rings.connects) {
  const six = family === AF_INET6;
  const [from, to] = six ? [ipv6(saddr6), ipv6(daddr6)] : [ipv4(saddr), ipv4(daddr)];
  console.log(
    columns("%-7d %-12.12s %-2d %-24s %-6d %-24s %d", pid, comm, six ? 6 : 4, from, lport, to, dport),
  );
}
