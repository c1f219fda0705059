// Traces active TCP connections over IPv4: bcc's tcpv4connect, its C unchanged.
//   bcc-ts run examples/tcp4connect.ts
import { columns, ipv4, load } from "bcc-ts";

using bpf = await load(`
#include <uapi/linux/ptrace.h>
#include <net/sock.h>
#include <bcc/proto.h>
BPF_HASH(currsock, u32, struct sock *);
int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk)
{
	u32 pid = bpf_get_current_pid_tgid();
	// stash the sock ptr for lookup on return
	currsock.update(&pid, &sk);
	return 0;
};
int kretprobe__tcp_v4_connect(struct pt_regs *ctx)
{
	int ret = PT_REGS_RC(ctx);
	u32 pid = bpf_get_current_pid_tgid();
	struct sock **skpp;
	skpp = currsock.lookup(&pid);
	if (skpp == 0) {
		return 0;	// missed entry
	}
	if (ret != 0) {
		// failed to send SYNC packet, may not have populated
		// socket __sk_common.{skc_rcv_saddr, ...}
		currsock.delete(&pid);
		return 0;
	}
	// pull in details
	struct sock *skp = *skpp;
	u32 saddr = 0, daddr = 0;
	u16 dport = 0;
	bpf_probe_read(&saddr, sizeof(saddr), &skp->__sk_common.skc_rcv_saddr);
	bpf_probe_read(&daddr, sizeof(daddr), &skp->__sk_common.skc_daddr);
	bpf_probe_read(&dport, sizeof(dport), &skp->__sk_common.skc_dport);
	// output
	bpf_trace_printk("trace_tcp4connect %x %x %d\\n", saddr, daddr, ntohs(dport));
	currsock.delete(&pid);
	return 0;
}
`);

console.log(columns("%-6s %-12s %-16s %-16s %-4s", "PID", "COMM", "SADDR", "DADDR", "DPORT"));

for await (const { task, pid, msg } of bpf.traceFields()) {
  const [tag, saddr = "", daddr = "", dport = ""] = msg.split(" ");
  if (tag !== "trace_tcp4connect") continue; // another tracer's line
  const addresses = [saddr, daddr].map((hex) => ipv4(Number.parseInt(hex, 16)));
  console.log(columns("%-6d %-12.12s %-16s %-16s %-4s", pid, task, ...addresses, dport));
}
