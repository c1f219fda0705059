/** One message of bpf_trace_printk(), with bcc's names. */
export interface TraceEvent {
  /** The name of the task; "<...>" when the kernel has forgotten it. */
  readonly task: string;
  /** The thread's number, as the kernel calls it. */
  readonly pid: number;
  readonly cpu: number;
  /** Interrupt and scheduling state, for instance "d..31"; "" when the kernel does not say it. */
  readonly flags: string;
  /** Seconds since boot, unless another trace clock is set. */
  readonly ts: number;
  readonly msg: string;
}

/** What a line of the trace pipe is. "other": a header, or a part of a message of several lines. */
export type TraceLine =
  | { readonly kind: "event"; readonly tracer: string; readonly event: TraceEvent }
  | { readonly kind: "lost"; readonly cpu: number; readonly count: number }
  | { readonly kind: "other" };

/** pid, thread group (with option record-tgid), CPU, flags, time, and what the tracer says. */
const REST = String.raw`-(\d+)\s+(?:\(\s*[-\d]+\)\s+)?\[(\d+)\]\s+(?:([^\s:]{2,8})\s+)?(\d+(?:\.\d+)?): ?(.*)$`;
/** The name of a task has 16 bytes, blanks before it; it may hold blanks, dashes and brackets itself. */
const FIXED = new RegExp(`^(.{16})${REST}`, "su");
/** The same for names with characters of several bytes. */
const FREE = new RegExp(`^\\s*(.*?)${REST}`, "su");
const LOST = /^CPU:\s*(\d+) \[LOST (?:(\d+) )?EVENTS\]/;

/** The name by which messages of bpf_trace_printk() are told from what other tracers write. */
export const PRINTK = "bpf_trace_printk";

/**
 * Takes a line of the trace pipe apart. `tracer` is what stands before the message: the name of a
 * tracepoint, or PRINTK. Before Linux 5.9 bpf_trace_printk() stood there as 0x00000001 or as nothing.
 */
export function parseTraceLine(line: string): TraceLine {
  const lost = LOST.exec(line);
  if (lost !== null) return { kind: "lost", cpu: Number(lost[1]), count: Number(lost[2] ?? 1) };
  const match = FIXED.exec(line) ?? FREE.exec(line);
  if (match === null || line.startsWith("#")) return { kind: "other" };
  const [, task = "", pid, cpu, flags = "", ts, rest = ""] = match;
  const { tracer, msg } = splitTracer(rest);
  return {
    kind: "event",
    tracer,
    event: { task: task.trimStart(), pid: Number(pid), cpu: Number(cpu), flags, ts: Number(ts), msg },
  };
}

function splitTracer(rest: string): { tracer: string; msg: string } {
  const match = /^([\w.+/<>-]*):(?: (.*))?$/s.exec(rest);
  if (match === null) return { tracer: "", msg: rest };
  const [, tracer = "", msg = ""] = match;
  return { tracer: tracer === "" || tracer === "0x00000001" || tracer === "0x1" ? PRINTK : tracer, msg };
}
