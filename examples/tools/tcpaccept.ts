// Shows TCP connections that are accepted.
//   bcc-ts run examples/tools/tcpaccept.ts -- --help
import { ipv4, ipv6, load, table, usage } from "bcc-ts";

const options = usage(`tcpaccept [options]

  -T, --time             with the time of day
  -t, --timestamp        with seconds since the first
  -p, --pid <number>     of this process only
  -P, --port <numbers>   at these local ports only (80,443)
  -4, --ipv4             IPv4 only
  -6, --ipv6             IPv6 only
`);
const ONLY_IP = options.ipv4 ? 4 : options.ipv6 ? 6 : 0;

using bpf = await load(
  `
#include <net/sock.h>
struct connection {
	unsigned __int128 laddr, raddr;
	u64 ts;
	u32 pid, ip;
	u16 lport, rport;
	char comm[TASK_COMM_LEN];
};
BPF_HASH(ports, u16, u8);
BPF_RINGBUF_OUTPUT(connections, 64);

int kretprobe__inet_csk_accept(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_RC(ctx);
	u64 id = bpf_get_current_pid_tgid();
	if (!sk || (ONLY_PID && id >> 32 != ONLY_PID))
		return 0;
	struct connection c = { .ts = bpf_ktime_get_ns(), .pid = id >> 32 };
	c.ip = sk->__sk_common.skc_family == 10 ? 6 : 4;
	c.lport = sk->__sk_common.skc_num;
	c.rport = ntohs(sk->__sk_common.skc_dport);
	if ((ONLY_IP && c.ip != ONLY_IP) || (ONLY_PORTS && !ports.lookup(&c.lport)))
		return 0;
	if (c.ip == 4) {
		c.laddr = sk->__sk_common.skc_rcv_saddr;
		c.raddr = sk->__sk_common.skc_daddr;
	} else {
		bpf_probe_read_kernel(&c.laddr, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_probe_read_kernel(&c.raddr, 16, &sk->__sk_common.skc_v6_daddr);
	}
	bpf_get_current_comm(&c.comm, sizeof(c.comm));
	return connections.ringbuf_output(&c, sizeof(c), 0);
}
`,
  { attach: false, defines: { ONLY_PID: options.pid, ONLY_IP, ONLY_PORTS: !!options.port } },
);
for (const port of options.port ?? []) bpf.maps.ports.set(port, 1);
bpf.attachAll();

const { header, row } = table({
  time: ["TIME", "%-9s", options.time],
  seconds: ["TIME(s)", "%-9.3f", options.timestamp],
  pid: ["PID", "%-7d "],
  comm: ["COMM", "%-12.12s "],
  ip: ["IP", "%-2d "],
  raddr: ["RADDR", "%-16s "],
  rport: ["RPORT", "%-5d "],
  laddr: ["LADDR", "%-16s "],
  lport: ["LPORT", "%-5d"],
});
console.log(header);
let first: bigint | undefined;
for await (const c of bpf.rings.connections) {
  first ??= c.ts;
  const address = (bits: bigint) => (c.ip === 4 ? ipv4(Number(bits)) : ipv6(bits));
  const time = new Date().toTimeString().slice(0, 8);
  const seconds = Number(c.ts - first) / 1e9;
  console.log(row({ ...c, time, seconds, raddr: address(c.raddr), laddr: address(c.laddr) }));
}
