import { existsSync } from "node:fs";
import { release } from "node:os";
import { AttachError, type BpfError, SyscallError, UnsupportedError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import type { UserFunctionPoint } from "../program/program.ts";
import { LibbpfLink, type Link } from "./link.ts";
import { LinkGroup } from "./link-group.ts";
import { uprobeName, uprobePlace, uprobePlaces } from "./uprobe-place.ts";

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
): Link {
  // Without its perf events libbpf would go through the uprobe_events file of tracefs instead.
  if (!existsSync(PMU)) throw noUprobes();
  const { pattern } = point;
  if (pattern === undefined) return attachOne(program, kind, point);
  const places = uprobePlaces(point, pattern);
  return LinkGroup.attach(kind, uprobeName(point), places, (place) => attachOne(program, kind, place));
}

function attachOne(program: LoadedProgram, kind: "uprobe" | "uretprobe", point: UserFunctionPoint): Link {
  const { path, fileOffset } = uprobePlace(point);
  const file = cString(path);
  // struct bpf_uprobe_opts: size, offset of a reference counter, cookie, retprobe, function's name
  const opts = NativeBuffer.alloc(40);
  opts.setPointer(0, 40);
  opts.view.setUint8(24, kind === "uretprobe" ? 1 : 0);
  const { bpf_program__attach_uprobe_opts: attach } = libbpf();
  const link = attach(program.pointer, point.pid ?? EVERY_PROCESS, file.address, fileOffset, opts.address);
  if (link === 0) throw explainFailure(kind, point, lastErrno());
  return new LibbpfLink(kind, uprobeName(point), link);
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
    hint: "Run the program in a microVM whose kernel has them: `bcc-ts run --vm`.",
  });
}
