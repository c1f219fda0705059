import { libbpf } from "../ffi/libbpf.ts";
import { registerForExit } from "./exit-release.ts";
import { missedRuns } from "./missed-runs.ts";

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

/** A link that libbpf made; closed at the end of the process at the latest. */
export class LibbpfLink implements Link {
  readonly kind: LinkKind;
  readonly target: string;
  readonly count = 1;
  readonly #unregister: () => void;
  #pointer: number;
  #fd: number;

  constructor(kind: LinkKind, target: string, pointer: number) {
    this.kind = kind;
    this.target = target;
    this.#pointer = pointer;
    this.#fd = libbpf().bpf_link__fd(pointer);
    this.#unregister = registerForExit(this);
  }

  /** -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** How often a kprobe did not run the program, where the kernel tells (Linux 6.7). */
  get missed(): number | undefined {
    return missedRuns(this.#fd);
  }

  /** Detaches. May be called again. */
  close(): void {
    if (this.#pointer === 0) return;
    const pointer = this.#pointer;
    this.#pointer = 0;
    this.#fd = -1;
    this.#unregister();
    // Its result tells only whether closing the descriptors was clean; they are closed in any case.
    libbpf().bpf_link__destroy(pointer);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
