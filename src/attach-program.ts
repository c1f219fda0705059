import { isAbsolute } from "node:path";
import { attachToObject } from "./attach/attach-to-object.ts";
import { attachIterator } from "./attach/iterator.ts";
import { attachKprobe } from "./attach/kprobe.ts";
import { attachKprobeMulti } from "./attach/kprobe-multi.ts";
import { attachKretprobe } from "./attach/kretprobe.ts";
import type { Link } from "./attach/link.ts";
import { attachPerfEvent } from "./attach/perf-event.ts";
import { attachSocket } from "./attach/raw-socket.ts";
import { attachRawTracepoint } from "./attach/raw-tracepoint.ts";
import { attachTracepoint, attachTracepoints } from "./attach/tracepoint.ts";
import { attachTrafficControl } from "./attach/traffic-control.ts";
import { attachTrampoline } from "./attach/trampoline.ts";
import { attachUprobe } from "./attach/uprobe.ts";
import { attachUsdt } from "./attach/usdt.ts";
import { attachXdp } from "./attach/xdp.ts";
import type { LoadedProgram } from "./load/loaded-object.ts";
import type { AttachPoint } from "./program/program.ts";
import { rememberFile } from "./symbols/known-files.ts";

/**
 * Attaches a loaded program where it is meant to run. `onMatches` is told, before anything is attached, at how many
 * places a pattern means it to be; what it throws ends the attaching.
 */
export function attachProgram(
  program: LoadedProgram,
  point: Exclude<AttachPoint, { kind: "none" }>,
  onMatches?: (count: number) => void,
): Link {
  switch (point.kind) {
    case "kprobe":
      return attachKprobe(program, point);
    case "kretprobe":
      return attachKretprobe(program, point);
    case "kprobe-multi":
      return attachKprobeMulti(program, "kprobe", point.pattern, onMatches);
    case "kretprobe-multi":
      return attachKprobeMulti(program, "kretprobe", point.pattern, onMatches);
    case "uprobe":
    case "uretprobe":
      if (isAbsolute(point.binary)) rememberFile(point.binary);
      return attachUprobe(program, point.kind, point, onMatches);
    case "usdt":
      return attachUsdt(program, point);
    case "tracepoint":
      return attachTracepoint(program, { category: point.category, event: point.event });
    case "tracepoint-multi":
      return attachTracepoints(program, point.pattern, onMatches);
    case "raw-tracepoint":
      return attachRawTracepoint(program, { event: point.event });
    case "perf-event":
      return attachPerfEvent(program, point);
    case "fentry":
    case "fexit":
    case "fmod-ret":
    case "lsm":
      return attachTrampoline(program, point);
    case "xdp":
      return attachXdp(program, point);
    case "tc":
      return attachTrafficControl(program, point);
    case "socket":
      return attachSocket(program, point);
    case "object":
      return attachToObject(program, point);
    case "iter":
      return attachIterator(program, point);
  }
}
