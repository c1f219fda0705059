import { existsSync } from "node:fs";
import { release } from "node:os";
import { AttachError, type BpfError, SyscallError, UnsupportedError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import { GUEST_HINT } from "../kernel/guest-hint.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { UserFunctionPoint } from "../program/program.ts";
import { LibbpfLink } from "./libbpf-link.ts";
import type { Link } from "./link.ts";
import { LinkGroup } from "./link-group.ts";
import { type UprobePlace, uprobeName, uprobePlace, uprobePlaces } from "./uprobe-place.ts";

const PMU = "/sys/bus/event_source/devices/uprobe/type";
const EVERY_PROCESS = -1;

/**
 * Attaches a kprobe program to a function of a program or library, at its entry or its return, in one process
 * or in all, those that start later too. It goes through a perf event: nothing is written to tracefs. Requires
 * Linux 4.17 with CONFIG_UPROBE_EVENTS.
 *
 * Throws AttachError with similar names, UnsupportedError where the kernel has no uprobes, PermissionError.
 */
export function attachUprobe(
  program: LoadedProgram,
  kind: "uprobe" | "uretprobe",
  point: UserFunctionPoint,
  onMatches?: (count: number) => void,
): Link {
  const { pattern } = point;
  if (pattern === undefined) return attachOne(program, kind, point);
  const places = uprobePlaces(point, pattern);
  onMatches?.(places.length);
  return LinkGroup.attach(kind, uprobeName(point), places, (place) => attachOne(program, kind, place));
}

function attachOne(program: LoadedProgram, kind: "uprobe" | "uretprobe", point: UserFunctionPoint): Link {
  const link = linkToPlace(program, uprobePlace(point), { atReturn: kind === "uretprobe", pid: point.pid });
  if (link === 0) throw explainFailure(kind, point, lastErrno());
  return new LibbpfLink(kind, uprobeName(point), link);
}

/** What else the kernel may be told of a uprobe. */
export interface UprobeOptions {
  readonly atReturn?: boolean;
  /** Only in this process. */
  readonly pid?: number | undefined;
  /** Offset in the file of a 16 bit counter that is above 0 while the probe is there; since Linux 4.20. */
  readonly counter?: number;
  /** What bpf_get_attach_cookie() gives; since Linux 5.15. */
  readonly cookie?: number;
}

/** libbpf's link to a place in a file; 0 with errno where it is refused. */
export function linkToPlace(program: LoadedProgram, place: UprobePlace, options: UprobeOptions): number {
  // Without its perf events libbpf would go through the uprobe_events file of tracefs instead.
  if (!existsSync(PMU)) throw noUprobes();
  const { atReturn = false, pid = EVERY_PROCESS, counter = 0, cookie = 0 } = options;
  const file = cString(place.path);
  // struct bpf_uprobe_opts: size, offset of a reference counter, cookie, retprobe, function's name
  const opts = NativeBuffer.alloc(40);
  opts.setPointer(0, 40);
  opts.setPointer(8, counter);
  opts.setPointer(16, cookie);
  opts.view.setUint8(24, atReturn ? 1 : 0);
  const { bpf_program__attach_uprobe_opts: attach } = libbpf();
  return attach(program.pointer, pid, file.address, place.fileOffset, opts.address);
}

function explainFailure(kind: string, point: UserFunctionPoint, errno: number): BpfError {
  const target = uprobeName(point);
  const what = `attach a ${kind} to ${target}`;
  const cause = new SyscallError(what, errno, errnoName(errno));
  const denied = permissionError(what, tracingCapabilities(), cause);
  if ((errno === ERRNO.EPERM || errno === ERRNO.EACCES) && denied !== undefined) return denied;
  const { reason, hint } = explain(point, errno);
  return new AttachError(target, `cannot ${what}: ${reason}`, { cause, hint });
}

function explain({ pid }: UserFunctionPoint, errno: number): { reason: string; hint?: string } {
  if (errno === ERRNO.ESRCH && pid !== undefined) return { reason: `there is no process ${pid}` };
  if (errno === ERRNO.EOPNOTSUPP || errno === ERRNO.ENOTSUPP) {
    const hint = "Probe the function's first instruction: give no offset.";
    return { reason: "the instruction there cannot be probed", hint };
  }
  if (errno === ERRNO.EIO || errno === ERRNO.EINVAL) {
    const hint =
      "The file must lie on a file system whose pages can be read through memory, and hold code there.";
    return { reason: `the kernel does not take this place (${errnoName(errno)})`, hint };
  }
  return { reason: errnoName(errno) };
}

function noUprobes(): UnsupportedError {
  return new UnsupportedError("uprobes", `this kernel (${release()}) has no uprobes`, {
    since: "4.17",
    hint: GUEST_HINT,
  });
}
