// Shows TCP connections that are made, or counts them.
//   bcc-ts run examples/tools/tcpconnect.ts -- --help
import { columns, intervals, ipv4, ipv6, load, table, usage } from "bcc-ts";

const options = usage(`tcpconnect [options]

  -t, --timestamp        with seconds since the first
  -p, --pid <number>     of this process only
  -P, --port <numbers>   to these ports only (80,443)
  -4, --ipv4             IPv4 only
  -6, --ipv6             IPv6 only
  -L, --lport            with the local port
  -U, --print-uid        with the user
  -u, --uid <user>       of this user only
  -c, --count            count connections by addresses and port, until Ctrl-C
`);
const [ONLY_UID, ONLY_IP] = [options.uid ?? -1, options.ipv4 ? 4 : options.ipv6 ? 6 : 0];
const defines = { ONLY_PID: options.pid, ONLY_UID, ONLY_IP, BY_PORT: !!options.port, COUNTS: options.count };

using bpf = await load(
  `
#include <net/sock.h>
struct flow { unsigned __int128 saddr, daddr; u32 ip; u32 dport; };
struct connection { struct flow flow; u64 ts; u32 pid, uid; u32 lport; char comm[TASK_COMM_LEN]; };
BPF_HASH(connecting, u32, struct sock *);
BPF_HASH(ports, u16, u8);
BPF_HASH(counts, struct flow, u64);
BPF_RINGBUF_OUTPUT(connections, 64);

static int start(struct sock *sk)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id, uid = bpf_get_current_uid_gid();
	if ((!ONLY_PID || id >> 32 == ONLY_PID) && (ONLY_UID == -1 || uid == ONLY_UID))
		connecting.update(&tid, &sk);
	return 0;
}

static int finish(int failed, u32 ip)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id;
	struct sock **found = connecting.lookup(&tid), *sk = found ? *found : 0;
	u16 port = sk ? ntohs(sk->__sk_common.skc_dport) : 0;
	connecting.delete(&tid);
	if (!sk || failed || (ONLY_IP && ip != ONLY_IP) || (BY_PORT && !ports.lookup(&port)))
		return 0;
	struct connection c = { .flow = { .ip = ip, .dport = port }, .ts = bpf_ktime_get_ns(), .pid = id >> 32 };
	struct sock_common *common = &sk->__sk_common;
	u32 size = ip == 4 ? 4 : 16;
	bpf_probe_read_kernel(&c.flow.saddr, size, ip == 4 ? (void *)&common->skc_rcv_saddr : &common->skc_v6_rcv_saddr);
	bpf_probe_read_kernel(&c.flow.daddr, size, ip == 4 ? (void *)&common->skc_daddr : &common->skc_v6_daddr);
	if (COUNTS)
		return counts.increment(c.flow), 0;
	c.uid = bpf_get_current_uid_gid();
	c.lport = sk->__sk_common.skc_num;
	bpf_get_current_comm(&c.comm, sizeof(c.comm));
	return connections.ringbuf_output(&c, sizeof(c), 0);
}

int kprobe__tcp_v4_connect(struct pt_regs *ctx, struct sock *sk) { return start(sk); }
int kprobe__tcp_v6_connect(struct pt_regs *ctx, struct sock *sk) { return start(sk); }
int kretprobe__tcp_v4_connect(struct pt_regs *ctx) { return finish(PT_REGS_RC(ctx), 4); }
int kretprobe__tcp_v6_connect(struct pt_regs *ctx) { return finish(PT_REGS_RC(ctx), 6); }
`,
  { attach: false, defines },
);
for (const port of options.port ?? []) bpf.maps.ports.set(port, 1);
bpf.attachAll();
const address = (ip: number, bits: bigint) => (ip === 4 ? ipv4(Number(bits)) : ipv6(bits));

if (options.count) {
  console.log("Tracing connect ... Hit Ctrl-C to end");
  for await (const _ of intervals()) {
    console.log(columns("\n%-25s %-25s %-20s %-10s", "LADDR", "RADDR", "RPORT", "CONNECTS"));
    const flows = [...bpf.maps.counts].sort(([, a], [, b]) => Number(b - a));
    for (const [{ ip, saddr, daddr, dport }, count] of flows) {
      console.log(columns("%-25s %-25s %-20d %-10d", address(ip, saddr), address(ip, daddr), dport, count));
    }
  }
} else {
  const { header, row } = table({
    seconds: ["TIME(s)", "%-9.3f", options.timestamp],
    uid: ["UID", "%-6d", options.printUid],
    pid: ["PID", "%-7d "],
    comm: ["COMM", "%-12.12s "],
    ip: ["IP", "%-2d "],
    saddr: ["SADDR", "%-16s "],
    lport: ["LPORT", "%-6d ", options.lport],
    daddr: ["DADDR", "%-16s "],
    dport: ["DPORT", "%-6d"],
  });
  console.log(header);
  let first: bigint | undefined;
  for await (const { flow, ...c } of bpf.rings.connections) {
    first ??= c.ts;
    const [saddr, daddr] = [address(flow.ip, flow.saddr), address(flow.ip, flow.daddr)];
    console.log(row({ ...flow, ...c, saddr, daddr, seconds: Number(c.ts - first) / 1e9 }));
  }
}
