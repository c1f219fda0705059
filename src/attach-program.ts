import { attachKprobe } from "./attach/kprobe.ts";
import type { Link } from "./attach/link.ts";
import { attachRawTracepoint } from "./attach/raw-tracepoint.ts";
import { attachTracepoint } from "./attach/tracepoint.ts";
import type { LoadedProgram } from "./load/loaded-object.ts";
import type { AttachPoint } from "./program/program.ts";

/** Attaches a loaded program where it is meant to run. */
export function attachProgram(program: LoadedProgram, point: Exclude<AttachPoint, { kind: "none" }>): Link {
  switch (point.kind) {
    case "kprobe":
      return attachKprobe(program, { symbol: point.symbol });
    case "kretprobe":
      return attachKprobe(program, { symbol: point.symbol, retprobe: true });
    case "tracepoint":
      return attachTracepoint(program, { category: point.category, event: point.event });
    case "raw-tracepoint":
      return attachRawTracepoint(program, { event: point.event });
  }
}
