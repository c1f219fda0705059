import { PROGRAM_TYPE } from "../kernel/bpf-constants.ts";
import type { AttachPoint } from "../program/program.ts";

const TYPES: Partial<Record<AttachPoint["kind"], number>> = {
  kprobe: PROGRAM_TYPE.kprobe,
  kretprobe: PROGRAM_TYPE.kprobe,
  uprobe: PROGRAM_TYPE.kprobe,
  uretprobe: PROGRAM_TYPE.kprobe,
  tracepoint: PROGRAM_TYPE.tracepoint,
  "tracepoint-multi": PROGRAM_TYPE.tracepoint,
  "raw-tracepoint": PROGRAM_TYPE.rawTracepoint,
  "perf-event": PROGRAM_TYPE.perfEvent,
};

/** The kind of program (enum bpf_prog_type) that can run there; undefined where the program must say it itself. */
export function programTypeFor(point: AttachPoint): number | undefined {
  return TYPES[point.kind];
}
