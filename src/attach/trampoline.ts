import { existsSync } from "node:fs";
import { AttachError, type BpfError, SyscallError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import type { FeatureName } from "../kernel/feature-table.ts";
import { requireFeature } from "../kernel/features.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { NamedAttachPoint, TrampolinePoint } from "../program/program.ts";
import { similarNames } from "../source/similar-names.ts";
import { LibbpfLink } from "./libbpf-link.ts";
import type { Link } from "./link.ts";

/** What the kernel's BTF says of functions. */
export interface KernelFunctionNames {
  has(name: string): boolean;
  all(): Iterable<string>;
}

const FEATURES: Readonly<Record<TrampolinePoint["kind"], FeatureName>> = {
  fentry: "fentry",
  fexit: "fentry",
  "fmod-ret": "fmod_ret",
  lsm: "lsm",
};

/**
 * Looks, before a program is loaded, whether programs of its kind can be had and whether their functions exist:
 * the kernel binds such a program to its function when it is loaded, and refuses it without a reason.
 *
 * Throws UnsupportedError, PermissionError, AttachError with similar names.
 */
export function checkBtfPoints(points: readonly NamedAttachPoint[], functions: KernelFunctionNames): void {
  for (const point of points) {
    if (point.kind === "iter") checkIterator(point.target, functions);
    else if (isTrampoline(point)) checkTrampoline(point, functions);
  }
}

function isTrampoline(point: NamedAttachPoint): point is TrampolinePoint {
  return point.kind in FEATURES;
}

function checkIterator(target: string, functions: KernelFunctionNames): void {
  requireFeature("iterators");
  if (functions.has(`bpf_iter_${target}`)) return;
  const prefix = "bpf_iter_";
  const known = [...functions.all()].filter((name) => name.startsWith(prefix));
  const targets = known.map((name) => name.slice(prefix.length));
  throw missing("iter", target, "the kernel has no such iterator", similarNames(target, targets));
}

function checkTrampoline(point: TrampolinePoint, functions: KernelFunctionNames): void {
  const { kind, symbol, module } = point;
  requireFeature(FEATURES[kind]);
  if (module !== undefined) {
    if (/^\w+$/.test(module) && existsSync(`/sys/kernel/btf/${module}`)) return;
    throw missing(
      kind,
      symbol,
      `no module ${module} is loaded, or it has no BTF`,
      [],
      "Load it with modprobe.",
    );
  }
  const prefix = kind === "lsm" ? "bpf_lsm_" : "";
  if (functions.has(`${prefix}${symbol}`)) return;
  const names = [...functions.all()].filter((name) => name.startsWith(prefix));
  const similar = similarNames(`${prefix}${symbol}`, names).map((name) => name.slice(prefix.length));
  const reason =
    kind === "lsm"
      ? "the kernel has no such hook"
      : "the kernel's BTF has no such function (it may also have been inlined everywhere)";
  throw missing(kind, symbol, reason, similar, "A kprobe may work: it needs no types.");
}

function missing(kind: string, target: string, reason: string, similar: readonly string[], hint?: string) {
  const [nearest] = similar;
  return new AttachError(target, `cannot attach ${kind} to ${target}: ${reason}`, {
    similar,
    hint: nearest === undefined ? hint : `Did you mean ${nearest}?`,
  });
}

/**
 * Attaches a program to the function for which it was loaded, by a trampoline: quicker than a kprobe. Requires
 * Linux 5.5 (fentry, fexit) or 5.7 (fmod_ret, LSM) on x86, 6.4 on arm64. Throws AttachError, PermissionError.
 */
export function attachTrampoline(program: LoadedProgram, { kind, symbol }: TrampolinePoint): Link {
  const { bpf_program__attach_lsm: attachLsm, bpf_program__attach_trace_opts: attachTrace } = libbpf();
  const link = kind === "lsm" ? attachLsm(program.pointer) : attachTrace(program.pointer, 0);
  if (link === 0) throw explainFailure(kind, symbol, lastErrno());
  return new LibbpfLink(kind, symbol, link);
}

function explainFailure(kind: string, symbol: string, errno: number): BpfError {
  const what = `attach ${kind} to ${symbol}`;
  const cause = new SyscallError(what, errno, errnoName(errno));
  const denied = permissionError(what, tracingCapabilities(), cause);
  if ((errno === ERRNO.EPERM || errno === ERRNO.EACCES) && denied !== undefined) return denied;
  const hint =
    errno === ERRNO.EINVAL ? `The program must have been loaded for ${kind}.` : "A kprobe may work.";
  return new AttachError(symbol, `cannot ${what}: ${errnoName(errno)}`, { cause, hint });
}
