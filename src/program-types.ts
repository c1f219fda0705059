import type { ProgramOptions } from "./load/load-options.ts";

/** The kinds of programs, as bcc's constants: `programTypes` of load(). */
export const ProgramType = {
  SOCKET_FILTER: 1,
  KPROBE: 2,
  SCHED_CLS: 3,
  SCHED_ACT: 4,
  TRACEPOINT: 5,
  XDP: 6,
  PERF_EVENT: 7,
  CGROUP_SKB: 8,
  CGROUP_SOCK: 9,
  LWT_IN: 10,
  LWT_OUT: 11,
  LWT_XMIT: 12,
  SOCK_OPS: 13,
  SK_SKB: 14,
  CGROUP_DEVICE: 15,
  SK_MSG: 16,
  RAW_TRACEPOINT: 17,
  CGROUP_SOCK_ADDR: 18,
  CGROUP_SYSCTL: 23,
  CGROUP_SOCKOPT: 25,
  TRACING: 26,
  LSM: 29,
} as const;

/** Where programs are attached to control groups and maps of sockets, as bcc's BPFAttachType: for attachFunc. */
export const BPFAttachType = {
  CGROUP_INET_INGRESS: 0,
  CGROUP_INET_EGRESS: 1,
  CGROUP_INET_SOCK_CREATE: 2,
  CGROUP_SOCK_OPS: 3,
  SK_SKB_STREAM_PARSER: 4,
  SK_SKB_STREAM_VERDICT: 5,
  CGROUP_DEVICE: 6,
  SK_MSG_VERDICT: 7,
  CGROUP_INET4_BIND: 8,
  CGROUP_INET6_BIND: 9,
  CGROUP_INET4_CONNECT: 10,
  CGROUP_INET6_CONNECT: 11,
  CGROUP_INET4_POST_BIND: 12,
  CGROUP_INET6_POST_BIND: 13,
  CGROUP_UDP4_SENDMSG: 14,
  CGROUP_UDP6_SENDMSG: 15,
  CGROUP_SYSCTL: 18,
  CGROUP_UDP4_RECVMSG: 19,
  CGROUP_UDP6_RECVMSG: 20,
  CGROUP_GETSOCKOPT: 21,
  CGROUP_SETSOCKOPT: 22,
} as const;

/** A program's type (ProgramType), and for control groups' programs the kind of attachment they are checked for. */
export type ProgramTypeOption = number | { readonly type: number; readonly attachType: number };

/** What the loader is told. */
export function programOptions(
  types: Readonly<Record<string, ProgramTypeOption>>,
): Record<string, ProgramOptions> {
  const entries = Object.entries(types).map(([name, option]): [string, ProgramOptions] => {
    // What the section says of the attachment belongs to the type that it says.
    if (typeof option === "number") return [name, { type: option, expectedAttachType: 0 }];
    return [name, { type: option.type, expectedAttachType: option.attachType }];
  });
  return Object.fromEntries(entries);
}
