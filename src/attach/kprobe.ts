import { existsSync } from "node:fs";
import { release } from "node:os";
import { UnsupportedError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import { explainKprobeFailure } from "./kprobe-failure.ts";
import { type KprobeTarget, kprobeName } from "./kprobe-target.ts";
import { LibbpfLink, type Link } from "./link.ts";

const PMU = "/sys/bus/event_source/devices/kprobe/type";

/**
 * Attaches a kprobe program to a kernel function, through a perf event: nothing is written to tracefs, so
 * nothing stays behind. Requires Linux 4.17 with CONFIG_KPROBE_EVENTS.
 *
 * Throws AttachError with similar names, UnsupportedError where the kernel has no kprobes, PermissionError.
 */
export function attachKprobe(program: LoadedProgram, target: KprobeTarget): Link {
  const { symbol, offset = 0, retprobe = false } = target;
  // Without its perf events libbpf would go through the kprobe_events file of tracefs instead.
  if (!existsSync(PMU)) throw noKprobes();
  const name = cString(symbol);
  // struct bpf_kprobe_opts: size, cookie, offset, retprobe
  const opts = NativeBuffer.alloc(32);
  opts.setPointer(0, 32);
  opts.setPointer(16, offset);
  opts.view.setUint8(24, retprobe ? 1 : 0);
  const link = libbpf().bpf_program__attach_kprobe_opts(program.pointer, name.address, opts.address);
  if (link === 0) throw explainKprobeFailure(target, lastErrno());
  return new LibbpfLink(retprobe ? "kretprobe" : "kprobe", kprobeName(target), link);
}

function noKprobes(): UnsupportedError {
  return new UnsupportedError("kprobes", `this kernel (${release()}) has no kprobes`, {
    since: "4.17",
    hint: "Run the program in a microVM whose kernel has them: `bcc-ts run --vm`.",
  });
}
