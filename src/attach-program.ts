import { attachIterator } from "./attach/iterator.ts";
import { attachKprobe } from "./attach/kprobe.ts";
import { attachKprobeMulti } from "./attach/kprobe-multi.ts";
import type { Link } from "./attach/link.ts";
import { attachPerfEvent } from "./attach/perf-event.ts";
import { attachRawTracepoint } from "./attach/raw-tracepoint.ts";
import { attachTracepoint, attachTracepoints } from "./attach/tracepoint.ts";
import { attachTrampoline } from "./attach/trampoline.ts";
import { attachUprobe } from "./attach/uprobe.ts";
import { attachUsdt } from "./attach/usdt.ts";
import type { LoadedProgram } from "./load/loaded-object.ts";
import type { AttachPoint } from "./program/program.ts";

/** Attaches a loaded program where it is meant to run. */
export function attachProgram(program: LoadedProgram, point: Exclude<AttachPoint, { kind: "none" }>): Link {
  switch (point.kind) {
    case "kprobe":
      return attachKprobe(program, { symbol: point.symbol });
    case "kretprobe":
      return attachKprobe(program, { symbol: point.symbol, retprobe: true });
    case "kprobe-multi":
      return attachKprobeMulti(program, "kprobe", point.pattern);
    case "kretprobe-multi":
      return attachKprobeMulti(program, "kretprobe", point.pattern);
    case "uprobe":
    case "uretprobe":
      return attachUprobe(program, point.kind, point);
    case "usdt":
      return attachUsdt(program, point);
    case "tracepoint":
      return attachTracepoint(program, { category: point.category, event: point.event });
    case "tracepoint-multi":
      return attachTracepoints(program, point.pattern);
    case "raw-tracepoint":
      return attachRawTracepoint(program, { event: point.event });
    case "perf-event":
      return attachPerfEvent(program, point);
    case "fentry":
    case "fexit":
    case "fmod-ret":
    case "lsm":
      return attachTrampoline(program, point);
    case "iter":
      return attachIterator(program, point);
  }
}
