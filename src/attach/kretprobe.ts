import { possibleCpus } from "../kernel/cpus.ts";
import { kernelAtLeast } from "../kernel/kernel-version.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { KernelFunctionPoint } from "../program/program.ts";
import { attachKprobe } from "./kprobe.ts";
import { attachKprobeMulti } from "./kprobe-multi.ts";
import type { Link } from "./link.ts";

/** Since this Linux the returns of kprobe.multi are followed on a stack of each task, without a limit. */
const UNLIMITED_SINCE = "6.14";

/**
 * Attaches a kprobe program to the return of a kernel function. The kernel follows so many calls at once as it has
 * made room for, and misses the others (`stats()` counts them). `maxActive` asks for more room: since Linux 6.14
 * there is no limit then; before, only the kprobe_events file of tracefs could, which leaves traces, so a warning
 * tells how many the kernel follows.
 *
 * Throws AttachError with similar names, UnsupportedError where the kernel has no kprobes, PermissionError.
 */
export function attachKretprobe(program: LoadedProgram, point: KernelFunctionPoint): Link {
  const { symbol, offset = 0, maxActive = 0 } = point;
  const usual = Math.max(10, 2 * possibleCpus().length);
  if (maxActive > usual && kernelAtLeast(UNLIMITED_SINCE) && offset === 0 && /^\w+$/.test(symbol)) {
    return attachKprobeMulti(program, "kretprobe", `${symbol}$`);
  }
  if (maxActive > usual) {
    const message = `${symbol}: this kernel follows ${usual} calls at once, not ${maxActive}; stats() tells what is missed`;
    process.emitWarning(message, { code: "BCC_TS_MAXACTIVE" });
  }
  return attachKprobe(program, { symbol, offset, retprobe: true });
}
