import type { IteratorLink } from "./attach/iterator.ts";
import type { Link, LinkKind } from "./attach/link.ts";
import { perfEventName } from "./attach/perf-event-types.ts";
import { uprobeName } from "./attach/uprobe-place.ts";
import type { AttachPoint, PerfEventPoint } from "./program/program.ts";

/**
 * A kernel function by its name ("vfs_read", a module's also as "module:name") or address ("0xffffffff81234560"),
 * and bytes from there; or all that a regular expression matches at the start of their names.
 */
export type KprobeEvent =
  | { readonly event: string; readonly eventOff?: number; readonly eventRe?: never }
  | { readonly event?: never; readonly eventOff?: never; readonly eventRe: string | RegExp };

/** A function of a program or library, in bcc's words. */
export interface UprobeEvent {
  /** A library's short name ("c"), a file name ("libc.so.6", "bash") or a path. */
  readonly name: string;
  readonly sym?: string | undefined;
  /** Instead of `sym`: all functions whose names begin with what it matches. */
  readonly symRe?: string | RegExp | undefined;
  /** Instead of `sym`: an address as in the file's symbol table. */
  readonly addr?: number | undefined;
  /** Bytes from there. */
  readonly symOff?: number | undefined;
  /** Only in this process; in all, also later ones, unless told. -1 is all, as in bcc. */
  readonly pid?: number | undefined;
}

/** A tracepoint by its name, or all that a pattern matches. */
export type TracepointEvent =
  | { readonly tp: string; readonly tpRe?: never }
  | { readonly tp?: never; readonly tpRe: string | RegExp };

/** What an iterator goes through: all there is, or one map's elements, or what belongs to one process. */
export interface IteratorEvent {
  readonly map?: { readonly handle: { readonly fd: number } };
  /** Since Linux 6.1. */
  readonly pid?: number;
}

/** Which program is attached. */
interface ProgramName {
  /** The name of the C function that runs. */
  readonly fnName: string;
}

/** The part of Bpf that has bcc's names for attaching and detaching. */
export abstract class AttachMethods {
  /** Attaches a program. By default where its name says, as `kprobe__tcp_v4_connect` does. */
  abstract attach(name: string, point?: AttachPoint): Link;
  /** The links that are open, each with its program's name. */
  protected abstract openLinks(): readonly (readonly [Link, string])[];

  /**
   * As bcc's attach_kprobe. `eventRe` attaches to all kernel functions whose names begin with a match, with one
   * link where the kernel has kprobe.multi (Linux 5.18), else one by one; `count` of the link tells to how many.
   *
   * @throws AttachError when the symbol cannot be probed, with similar names; UnsupportedError without kprobes
   * @example
   * bpf.attachKprobe({ event: "vfs_read", fnName: "on_read" });
   * console.log(bpf.attachKprobe({ eventRe: "^vfs_", fnName: "count" }).count, "functions");
   */
  attachKprobe({ fnName, ...event }: KprobeEvent & ProgramName): Link {
    return this.attach(fnName, kprobePoint("kprobe", event));
  }

  /**
   * As bcc's attach_kretprobe: at the return of the function. `maxactive` asks the kernel to follow more calls at
   * once than the usual number (10, or two for each CPU); it can since Linux 6.14, before a warning tells.
   */
  attachKretprobe({ fnName, ...event }: KprobeEvent & ProgramName & { readonly maxactive?: number }): Link {
    return this.attach(fnName, kprobePoint("kretprobe", event));
  }

  /**
   * As bcc's attach_uprobe: at the entry of a function of a program or library. Requires Linux 4.17.
   *
   * @throws AttachError when there is no such file or function, with similar names; UnsupportedError
   * @example
   * bpf.attachUprobe({ name: "c", sym: "malloc", fnName: "on_malloc", pid: 1234 });
   */
  attachUprobe({ fnName, ...event }: UprobeEvent & ProgramName): Link {
    return this.attach(fnName, uprobePoint("uprobe", event));
  }

  /** As bcc's attach_uretprobe: at the function's return. */
  attachUretprobe({ fnName, ...event }: UprobeEvent & ProgramName): Link {
    return this.attach(fnName, uprobePoint("uretprobe", event));
  }

  /** As bcc's attach_tracepoint: `tp` is "category:event", `tpRe` a pattern for the start of such names. */
  attachTracepoint({ tp, tpRe, fnName }: TracepointEvent & ProgramName): Link {
    if (tp === undefined) return this.attach(fnName, { kind: "tracepoint-multi", pattern: sourceOf(tpRe) });
    const [category = "", event = ""] = tp.split(":");
    return this.attach(fnName, { kind: "tracepoint", category, event });
  }

  /** As bcc's attach_raw_tracepoint. */
  attachRawTracepoint({ tp, fnName }: { tp: string } & ProgramName): Link {
    return this.attach(fnName, { kind: "raw-tracepoint", event: tp });
  }

  /**
   * As bcc's attach_perf_event: runs a program with the context `struct bpf_perf_event_data *` at samples of an
   * event, on every CPU that is online or on `cpu`. One link for all CPUs. Requires Linux 4.9.
   *
   * @throws AttachError, UnsupportedError where the machine does not count such events, PermissionError
   * @example
   * bpf.attachPerfEvent({ type: PerfType.SOFTWARE, config: PerfSWConfig.CPU_CLOCK, sampleFreq: 99, fnName: "sample" });
   */
  attachPerfEvent({ fnName, ...event }: PerfEventPoint & ProgramName): Link {
    return this.attach(fnName, { kind: "perf-event", ...event });
  }

  /**
   * As bcc's attach_kfunc: attaches what KFUNC_PROBE and MODULE_KFUNC_PROBE declare (fentry). load() does it
   * unless told otherwise. Requires Linux 5.5 (x86) or 6.4 (arm64).
   *
   * @throws AttachError, PermissionError
   * @example
   * bpf.attachKfunc({ fnName: "kfunc__vfs_read" });
   */
  attachKfunc({ fnName }: ProgramName): Link {
    return this.attach(fnName);
  }

  /** As bcc's attach_kretfunc: what KRETFUNC_PROBE declares (fexit). */
  attachKretfunc({ fnName }: ProgramName): Link {
    return this.attach(fnName);
  }

  /** As bcc's attach_lsm: what LSM_PROBE declares. Requires Linux 5.7 with `lsm=...,bpf`. */
  attachLsm({ fnName }: ProgramName): Link {
    return this.attach(fnName);
  }

  /** Attaches what KMOD_RET declares: it may change a function's result, so load() does not attach it. Since Linux 5.7. */
  attachFmodRet({ fnName }: ProgramName): Link {
    return this.attach(fnName);
  }

  /**
   * Attaches what BPF_ITER declares. The program runs when the link is read: once for each object, with `map`
   * for each element of the map, with `pid` for those of one process. Requires Linux 5.8.
   *
   * @throws AttachError, UnsupportedError
   * @example
   * using tasks = bpf.attachIter({ fnName: "bpf_iter__task" });
   * process.stdout.write(tasks.text());
   */
  attachIter({ fnName, map, pid }: IteratorEvent & ProgramName): IteratorLink {
    const target = fnName.replace(/^bpf_iter__/, "");
    const link = this.attach(fnName, { kind: "iter", target, mapFd: map?.handle.fd, pid });
    return link as IteratorLink;
  }

  /**
   * As bcc's attach_perf_event_raw: the same with any event and more of struct perf_event_attr, in `attributes`:
   * breakpoints, events of one ring only, events of the processor by number.
   *
   * @throws AttachError, UnsupportedError where the machine does not count such events, PermissionError
   * @example
   * const attributes = { breakpointType: 2, config1: 0x7f0000001000n, config2: 8 }; // writes of eight bytes
   * bpf.attachPerfEventRaw({ type: PerfType.BREAKPOINT, config: 0, samplePeriod: 1, pid: 1234, attributes, fnName: "on_write" });
   */
  attachPerfEventRaw(event: PerfEventPoint & ProgramName): Link {
    return this.attachPerfEvent(event);
  }

  /** As bcc's detach_kprobe: of one program when it is told, else of all. Gives how many links it closed. */
  detachKprobe({ event, fnName }: { event: string; fnName?: string }): number {
    return this.detachLinks("kprobe", event, fnName);
  }

  /** As bcc's detach_kretprobe. */
  detachKretprobe({ event, fnName }: { event: string; fnName?: string }): number {
    return this.detachLinks("kretprobe", event, fnName);
  }

  /** As bcc's detach_uprobe: what attachUprobe was told. The pid does not matter. */
  detachUprobe(event: UprobeEvent): number {
    return this.detachLinks("uprobe", uprobeName(uprobePoint("uprobe", event)));
  }

  /** As bcc's detach_uretprobe. */
  detachUretprobe(event: UprobeEvent): number {
    return this.detachLinks("uretprobe", uprobeName(uprobePoint("uretprobe", event)));
  }

  /** As bcc's detach_tracepoint. */
  detachTracepoint({ tp }: { tp: string }): number {
    return this.detachLinks("tracepoint", tp);
  }

  /** As bcc's detach_raw_tracepoint. */
  detachRawTracepoint({ tp }: { tp: string }): number {
    return this.detachLinks("raw-tracepoint", tp);
  }

  /** As bcc's detach_perf_event. */
  detachPerfEvent({ type, config }: Pick<PerfEventPoint, "type" | "config">): number {
    return this.detachLinks("perf-event", perfEventName(type, config));
  }

  /** As bcc's num_open_kprobes(): probes at kernel functions that are attached now, entries and returns. */
  get numOpenKprobes(): number {
    return this.#count("kprobe", "kretprobe");
  }

  /** As bcc's num_open_uprobes(). */
  get numOpenUprobes(): number {
    return this.#count("uprobe", "uretprobe");
  }

  /** Places of USDT probes that are attached now. */
  get numOpenUsdt(): number {
    return this.#count("usdt");
  }

  /** As bcc's num_open_tracepoints(). */
  get numOpenTracepoints(): number {
    return this.#count("tracepoint");
  }

  /** Closes the links of a kind and target, of one program when it is told. Gives how many there were. */
  protected detachLinks(kind: LinkKind, target: string, program?: string): number {
    const links = this.openLinks().filter(
      ([link, name]) => link.kind === kind && link.target === target && (program ?? name) === name,
    );
    for (const [link] of links) link.close();
    return links.length;
  }

  #count(...kinds: LinkKind[]): number {
    return this.openLinks().reduce((sum, [link]) => sum + (kinds.includes(link.kind) ? link.count : 0), 0);
  }
}

function kprobePoint(
  kind: "kprobe" | "kretprobe",
  { event, eventOff, eventRe, maxactive }: KprobeEvent & { readonly maxactive?: number },
): AttachPoint {
  if (event !== undefined) return { kind, symbol: event, offset: eventOff, maxActive: maxactive };
  return { kind: `${kind}-multi`, pattern: sourceOf(eventRe ?? "") };
}

function uprobePoint<Kind extends "uprobe" | "uretprobe">(kind: Kind, event: UprobeEvent) {
  const { name, sym, symRe, addr, symOff, pid } = event;
  const only = pid === undefined || pid < 0 ? undefined : pid;
  const pattern = symRe === undefined ? undefined : sourceOf(symRe);
  return { kind, binary: name, symbol: sym, pattern, address: addr, offset: symOff, pid: only };
}

function sourceOf(pattern: string | RegExp): string {
  return typeof pattern === "string" ? pattern : pattern.source;
}
