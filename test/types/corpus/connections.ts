import type { InferEvents } from "../../../src/infer/infer-events.ts";
import type { InferMaps } from "../../../src/infer/infer-maps.ts";
import type { InferPrograms } from "../../../src/infer/infer-programs.ts";
import { type Equal, expectType } from "../expect-type.ts";

/** Two outputs of which one's name ends in the other's, and the same variable name for both types. */
export const connections = `
#include <net/tcp.h>

#define KEEP 16

struct id_t {
    u32 pid;
    char task[TASK_COMM_LEN];
};
BPF_HASH(whoami, struct sock *, struct id_t);

// separate outputs for IPv4 and IPv6
struct v4_t {
    u64 ts_us, span_us;
    u32 pid;
    __be32 saddr, daddr;
    u16 ports[2];
    char task[TASK_COMM_LEN];
};
BPF_PERF_OUTPUT(events);

struct v6_t {
    u64 ts_us;
    unsigned __int128 saddr;
    unsigned __int128 daddr;
    u64 rx_b, tx_b;
    struct id_t who;
};
BPF_PERF_OUTPUT(ipv6_events);

static int submit_v6(struct pt_regs *ctx, struct v6_t *data)
{
    ipv6_events.perf_submit(ctx, data, sizeof(*data));
    return 0;
}

int kprobe__tcp_set_state(struct pt_regs *ctx, struct sock *sk, int state)
{
    u16 family = sk->__sk_common.skc_family;
    if (family == AF_INET) {
        struct v4_t data = {};
        data.ts_us = bpf_ktime_get_ns() / 1000;
        events.perf_submit(ctx, &data, sizeof(data));
    }
    return 0;
}

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
    if (args->protocol != IPPROTO_TCP)
        return 0;
    struct v4_t data = {};
    data.pid = bpf_get_current_pid_tgid() >> 32;
    if (data.pid == 0) {
        events.perf_submit(args, &data, sizeof(data));
        return 0;
    }
    events.perf_submit(args, &data, sizeof(data));
    return 0;
}
`;

type Text = typeof connections;
type Events = InferEvents<Text>;
expectType<
  Equal<
    Events["events"],
    {
      ts_us: bigint;
      span_us: bigint;
      pid: number;
      saddr: number;
      daddr: number;
      ports: number[];
      task: string;
    }
  >
>();
expectType<
  Equal<
    Events["ipv6_events"],
    {
      ts_us: bigint;
      saddr: bigint;
      daddr: bigint;
      rx_b: bigint;
      tx_b: bigint;
      who: { pid: number; task: string };
    }
  >
>();
expectType<
  Equal<InferMaps<Text>["whoami"], { kind: "hash"; key: bigint; value: { pid: number; task: string } }>
>();
expectType<Equal<InferMaps<Text>["events"], { kind: "perf_output"; key: never; value: never }>>();
expectType<Equal<InferPrograms<Text>, "kprobe__tcp_set_state" | "tracepoint__sock__inet_sock_set_state">>();
