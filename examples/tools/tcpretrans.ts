// Shows TCP segments that are sent again, or counts them.
//   bcc-ts run examples/tools/tcpretrans.ts -- --help
import { columns, intervals, ipv4, ipv6, load, table, usage } from "bcc-ts";

const options = usage(`tcpretrans [options]

  -s, --sequence   with the sequence number
  -l, --lossprobe  probes for the loss of the last segment, too
  -c, --count      count by connection, until Ctrl-C
  -4, --ipv4       IPv4 only
  -6, --ipv6       IPv6 only
`);

using bpf = await load(
  `
#include <net/sock.h>
#include <net/tcp.h>
struct flow { unsigned __int128 laddr, raddr; u32 ip, lport, rport; };
struct segment { struct flow flow; u32 pid, state, seq, probe; };
BPF_HASH(counts, struct flow, u64);
BPF_RINGBUF_OUTPUT(segments, 64);

static int segment(struct sock *sk, struct sk_buff *skb)
{
	struct segment s = { .pid = bpf_get_current_pid_tgid() >> 32, .probe = !skb };
	s.flow.ip = sk->__sk_common.skc_family == AF_INET ? 4 : 6;
	s.flow.lport = sk->__sk_common.skc_num;
	s.flow.rport = ntohs(sk->__sk_common.skc_dport);
	if (ONLY_IP && s.flow.ip != ONLY_IP)
		return 0;
	if (s.flow.ip == 4) {
		s.flow.laddr = sk->__sk_common.skc_rcv_saddr;
		s.flow.raddr = sk->__sk_common.skc_daddr;
	} else {
		bpf_probe_read_kernel(&s.flow.laddr, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_probe_read_kernel(&s.flow.raddr, 16, &sk->__sk_common.skc_v6_daddr);
	}
	if (COUNTING) {
		counts.atomic_increment(s.flow);
		return 0;
	}
	s.state = sk->__sk_common.skc_state;
	s.seq = skb ? ((struct tcp_skb_cb *)&skb->cb[0])->seq : ((struct tcp_sock *)sk)->snd_nxt;
	return segments.ringbuf_output(&s, sizeof(s), 0);
}

RAW_TRACEPOINT_PROBE(tcp_retransmit_skb)
{
	return segment((struct sock *)ctx->args[0], (struct sk_buff *)ctx->args[1]);
}

int on_probe(struct pt_regs *ctx, struct sock *sk) { return segment(sk, 0); }
`,
  { defines: { ONLY_IP: options.ipv4 ? 4 : options.ipv6 ? 6 : 0, COUNTING: options.count } },
);
if (options.lossprobe) bpf.attachKprobe({ event: "tcp_send_loss_probe", fnName: "on_probe" });

// The states of include/net/tcp_states.h, from 1.
const STATES =
  "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV";
const address = (ip: number, bits: bigint) => (ip === 4 ? ipv4(Number(bits)) : ipv6(bits));

console.log("Tracing retransmits ... Hit Ctrl-C to end");
if (options.count) {
  for await (const _ of intervals()) {
    console.log(columns("\n%-25s %-25s %-10s", "LADDR:LPORT", "RADDR:RPORT", "RETRANSMITS"));
    for (const [{ ip, laddr, lport, raddr, rport }, count] of [...bpf.maps.counts].sort(([, a], [, b]) =>
      Number(a - b),
    )) {
      const [local, remote] = [`[${address(ip, laddr)}]#${lport}`, `[${address(ip, raddr)}]#${rport}`];
      console.log(columns("%-20s <-> %-20s %10d", local, remote, count));
    }
  }
} else {
  const { header, row } = table({
    time: ["TIME", "%-8s "],
    pid: ["PID", "%-7d "],
    ip: ["IP", "%-2d "],
    local: ["LADDR:LPORT", "%-20s "],
    kind: ["T", "%1s> "],
    remote: ["RADDR:RPORT", "%-20s "],
    state: ["STATE", "%-12s "],
    seq: ["SEQ", "%-10d", options.sequence],
  });
  console.log(header.trimEnd());
  for await (const { flow, ...s } of bpf.rings.segments) {
    const [local, remote] = [
      `${address(flow.ip, flow.laddr)}:${flow.lport}`,
      `${address(flow.ip, flow.raddr)}:${flow.rport}`,
    ];
    const state = STATES.split(" ")[s.state - 1];
    const time = new Date().toTimeString().slice(0, 8);
    console.log(row({ ...s, ip: flow.ip, time, local, remote, state, kind: s.probe ? "L" : "R" }).trimEnd());
  }
}
