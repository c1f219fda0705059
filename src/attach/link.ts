/** What a program is attached to. Probes at all functions of a pattern are of the kind of a single one. */
export type LinkKind =
  | "kprobe"
  | "kretprobe"
  | "uprobe"
  | "uretprobe"
  | "usdt"
  | "xdp"
  | "tc"
  | "socket"
  | "object"
  | "tracepoint"
  | "raw-tracepoint"
  | "perf-event"
  | "fentry"
  | "fexit"
  | "fmod-ret"
  | "lsm"
  | "iter";

/**
 * A program that is attached. It stays so until close(), or until the process ends in whatever way,
 * because a link is a file descriptor.
 */
export interface Link {
  readonly kind: LinkKind;
  /** What it is attached to, as a user would write it: "tcp_v4_connect+0x10", "sched:sched_switch". */
  readonly target: string;
  /** -1 once closed. A link of several descriptors gives the first. */
  readonly fd: number;
  /** At how many places the program runs: functions of a pattern, CPUs of a perf event; else 1. */
  readonly count: number;
  /**
   * How often a kprobe or kretprobe did not run the program; undefined for other kinds, and before Linux 6.7, which
   * does not tell.
   */
  readonly missed: number | undefined;
  /** Detaches. May be called again. */
  close(): void;
  [Symbol.dispose](): void;
}
