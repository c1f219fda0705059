// Shows TCP sessions when they end: who, with whom, how much, how long. One tracepoint.
//   bcc-ts run examples/tools/tcplife.ts -- --help
import { ipv4, ipv6, load, table, usage } from "bcc-ts";

const options = usage(`tcplife [options]

  -T, --time                  with the time of day
  -t, --timestamp             with seconds since the first
  -w, --wide                  columns for IPv6 addresses
  -s, --csv                   values with commas
  -p, --pid <number>          of this process only
  -L, --localport <numbers>   with these local ports only (80,443)
  -D, --remoteport <numbers>  with these remote ports only
  -4, --ipv4                  IPv4 only
  -6, --ipv6                  IPv6 only
`);

using bpf = await load(
  `
#include <net/sock.h>
#include <linux/tcp.h>
struct owner { u32 pid; char comm[TASK_COMM_LEN]; };
struct session {
	unsigned __int128 laddr, raddr;
	u64 ts, span, received, sent;
	u32 ip, lport, rport;
	struct owner owner;
};
BPF_HASH(births, struct sock *, u64);
BPF_HASH(owners, struct sock *, struct owner);
BPF_RINGBUF_OUTPUT(sessions, 64);

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
	struct sock *sk = (struct sock *)args->skaddr;
	struct session s = { .ts = bpf_ktime_get_ns(), .lport = args->sport, .rport = args->dport };
	struct owner self = { .pid = bpf_get_current_pid_tgid() >> 32 };
	if (args->protocol != IPPROTO_TCP)
		return 0;
	if (args->newstate < TCP_FIN_WAIT1)
		births.update(&sk, &s.ts);
	bpf_get_current_comm(&self.comm, sizeof(self.comm));
	// These two states are reached in the process's own calls, others in interrupts.
	if (args->newstate == TCP_SYN_SENT || args->newstate == TCP_LAST_ACK)
		owners.update(&sk, &self);
	if (args->newstate != TCP_CLOSE)
		return 0;
	u64 *birth = births.lookup(&sk);
	struct owner *owner = owners.lookup(&sk);
	s.owner = owner ? *owner : self;
	s.span = birth ? s.ts - *birth : 0;
	births.delete(&sk);
	owners.delete(&sk);
	if (!birth || (ONLY_PID && s.owner.pid != ONLY_PID))
		return 0;
	s.ip = args->family == AF_INET ? 4 : 6;
	bpf_probe_read_kernel(&s.laddr, s.ip == 4 ? 4 : 16, s.ip == 4 ? (void *)args->saddr : args->saddr_v6);
	bpf_probe_read_kernel(&s.raddr, s.ip == 4 ? 4 : 16, s.ip == 4 ? (void *)args->daddr : args->daddr_v6);
	s.received = ((struct tcp_sock *)sk)->bytes_received;
	s.sent = ((struct tcp_sock *)sk)->bytes_acked;
	return sessions.ringbuf_output(&s, sizeof(s), 0);
}
`,
  { defines: { ONLY_PID: options.pid } },
);

const width = options.wide ? 26 : 15;
const { header, row } = table({
  time: ["TIME", "%-8s ", options.time],
  seconds: ["TIME(s)", "%-9.6f ", options.timestamp],
  pid: ["PID", "%-5d "],
  comm: ["COMM", options.wide ? "%-16.16s " : "%-10.10s "],
  ip: ["IP", "%-2d ", options.wide || options.csv],
  laddr: ["LADDR", `%-${width}s `],
  lport: ["LPORT", "%-5d "],
  raddr: ["RADDR", `%-${width}s `],
  rport: ["RPORT", "%-5d "],
  sent: ["TX_KB", "%5d "],
  received: ["RX_KB", "%5d "],
  ms: ["MS", "%.2f"],
});
const print = (line: string) => console.log(options.csv ? line.trim().replace(/ +/g, ",") : line);
print(header);
const among = (ports: readonly number[] | undefined, port: number) => ports?.includes(port) ?? true;
let first: bigint | undefined;
for await (const { owner, ip, ts, span, ...s } of bpf.rings.sessions) {
  if ((options.ipv4 && ip !== 4) || (options.ipv6 && ip !== 6)) continue;
  if (!among(options.localport, s.lport) || !among(options.remoteport, s.rport)) continue;
  first ??= ts;
  const [laddr, raddr] = [s.laddr, s.raddr].map((bits) => (ip === 4 ? ipv4(Number(bits)) : ipv6(bits)));
  const [time, seconds] = [new Date().toTimeString().slice(0, 8), Number(ts - first) / 1e9];
  const size = { sent: s.sent / 1024n, received: s.received / 1024n, ms: Number(span) / 1e6 };
  print(row({ ...owner, ...s, ...size, ip, laddr, raddr, time, seconds }));
}
