import type { AttachMethods } from "../../src/attach-methods.ts";
import type { Bpf } from "../../src/bpf.ts";
import { reasonOf } from "./reason.ts";
import type { Call } from "./record-texts.ts";

type Arguments = Call["arguments"];
type Attach = (bpf: Bpf, given: Arguments) => unknown;

/** bcc's calls as ours. */
const CALLS: Readonly<Record<string, Attach>> = {
  attach_kprobe: (bpf, given) => bpf.attachKprobe(kernelFunction(given)),
  attach_kretprobe: (bpf, given) => bpf.attachKretprobe(kernelFunction(given)),
  attach_uprobe: (bpf, given) => bpf.attachUprobe(userFunction(given)),
  attach_uretprobe: (bpf, given) => bpf.attachUretprobe(userFunction(given)),
  attach_tracepoint: (bpf, { tp, tp_re, fn_name }) =>
    bpf.attachTracepoint({
      ...(text(tp) === undefined ? { tpRe: text(tp_re) ?? "" } : { tp: text(tp) ?? "" }),
      fnName: text(fn_name) ?? "",
    } as Parameters<AttachMethods["attachTracepoint"]>[0]),
  attach_raw_tracepoint: (bpf, { tp, fn_name }) =>
    bpf.attachRawTracepoint({ tp: text(tp) ?? "", fnName: text(fn_name) ?? "" }),
  attach_perf_event: (bpf, { ev_type, ev_config, sample_period, sample_freq, pid, cpu, fn_name }) =>
    bpf.attachPerfEvent({
      type: Number(ev_type),
      config: Number(ev_config),
      samplePeriod: number(sample_period),
      sampleFreq: number(sample_freq),
      pid: number(pid),
      cpu: cpu === -1 ? undefined : (cpu as number | undefined),
      fnName: text(fn_name) ?? "",
    }),
};

/** Does with the programs of a text what a tool did, and gives what went wrong. */
export function attachAs(bpf: Bpf, calls: readonly Call[]): string[] {
  const errors: string[] = [];
  const tried = (attach: () => unknown) => {
    try {
      attach();
    } catch (error) {
      errors.push(reasonOf(error));
    }
  };
  tried(() => bpf.attachAll());
  // When one of those fails, everything is closed.
  if (errors.length > 0) return errors;
  for (const { call, arguments: given } of calls) {
    const attach = CALLS[call];
    if (attach === undefined) errors.push(`${call}: not tried`);
    else tried(() => attach(bpf, given));
  }
  return errors;
}

function kernelFunction(given: Arguments) {
  const event = text(given.event);
  const place = event === undefined ? { eventRe: text(given.event_re) ?? "" } : { event };
  return { ...place, fnName: text(given.fn_name) ?? "" } as { event: string; fnName: string };
}

function userFunction({ name, sym, sym_re, addr, sym_off, pid, fn_name }: Arguments) {
  return {
    name: text(name) ?? "",
    fnName: text(fn_name) ?? "",
    ...(text(sym) !== undefined && { sym: text(sym) as string }),
    ...(text(sym_re) !== undefined && { symRe: text(sym_re) as string }),
    ...(number(addr) !== undefined && { addr: number(addr) as number }),
    ...(number(sym_off) !== undefined && { symOff: number(sym_off) as number }),
    // The tools were told of process 1, which a guest gives another root: what is in every process is here, too.
    ...(number(pid) !== undefined && { pid: pid === 1 ? process.pid : (number(pid) as number) }),
  };
}

/** bcc's defaults are empty texts, and 0 or -1 for numbers. */
function text(value: Arguments[string] | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: Arguments[string] | undefined): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
