import { AttachError, type BpfError, SyscallError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import { requireFeature } from "../kernel/features.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { NamedAttachPoint } from "../program/program.ts";
import { similarNames } from "../source/similar-names.ts";
import { LibbpfLink, type Link } from "./link.ts";

/** What the kernel's BTF says of functions. */
export interface KernelFunctionNames {
  has(name: string): boolean;
  all(): Iterable<string>;
}

/**
 * Looks, before a program is loaded, whether fentry and fexit can be had and whether their functions exist:
 * the kernel binds such a program to its function when it is loaded, and refuses it without a reason.
 *
 * Throws UnsupportedError, PermissionError, AttachError with similar names.
 */
export function checkFentryPoints(points: readonly NamedAttachPoint[], functions: KernelFunctionNames): void {
  for (const point of points) {
    if (point.kind !== "fentry" && point.kind !== "fexit") continue;
    requireFeature("fentry");
    if (functions.has(point.symbol)) continue;
    const similar = similarNames(point.symbol, functions.all());
    const [nearest] = similar;
    const reason = "the kernel's BTF has no such function (it may also have been inlined everywhere)";
    throw new AttachError(point.symbol, `cannot attach ${point.kind} to ${point.symbol}: ${reason}`, {
      similar,
      hint: nearest === undefined ? "A kprobe may work: it needs no types." : `Did you mean ${nearest}?`,
    });
  }
}

/**
 * Attaches an fentry or fexit program to the function for which it was loaded, by a trampoline: quicker than a
 * kprobe. Requires Linux 5.5 (x86) or 6.4 (arm64). Throws AttachError, PermissionError.
 */
export function attachFentry(program: LoadedProgram, kind: "fentry" | "fexit", symbol: string): Link {
  const link = libbpf().bpf_program__attach_trace_opts(program.pointer, 0);
  if (link === 0) throw explainFailure(kind, symbol, lastErrno());
  return new LibbpfLink(kind, symbol, link);
}

function explainFailure(kind: string, symbol: string, errno: number): BpfError {
  const what = `attach ${kind} to ${symbol}`;
  const cause = new SyscallError(what, errno, errnoName(errno));
  const denied = permissionError(what, tracingCapabilities(), cause);
  if ((errno === ERRNO.EPERM || errno === ERRNO.EACCES) && denied !== undefined) return denied;
  const hint =
    errno === ERRNO.EINVAL ? "The program must have been loaded for fentry or fexit." : "A kprobe may work.";
  return new AttachError(symbol, `cannot ${what}: ${errnoName(errno)}`, { cause, hint });
}
