import { existsSync } from "node:fs";
import { release } from "node:os";
import { AttachError, UnsupportedError } from "../errors.ts";
import { lastErrno } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import { GUEST_HINT } from "../kernel/guest-hint.ts";
import { kernelSymbols } from "../kernel/kallsyms.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import { explainKprobeFailure } from "./kprobe-failure.ts";
import { type KprobeTarget, kprobeName } from "./kprobe-target.ts";
import { LibbpfLink } from "./libbpf-link.ts";
import type { Link } from "./link.ts";

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
  const address = addressOf(symbol);
  const name = cString(symbol);
  // struct bpf_kprobe_opts: size, cookie, offset, retprobe
  const opts = NativeBuffer.alloc(32);
  opts.setPointer(0, 32);
  // Without a name the offset is an address.
  opts.view.setBigUint64(16, (address ?? 0n) + BigInt(offset), true);
  opts.view.setUint8(24, retprobe ? 1 : 0);
  const link = libbpf().bpf_program__attach_kprobe_opts(
    program.pointer,
    address === undefined ? name.address : 0,
    opts.address,
  );
  if (link === 0) throw explainKprobeFailure(target, lastErrno());
  return new LibbpfLink(retprobe ? "kretprobe" : "kprobe", kprobeName(target), link);
}

/** The kernel looks up plain names itself; it knows neither "module:name" everywhere nor an address in words. */
function addressOf(symbol: string): bigint | undefined {
  if (/^0x[0-9a-f]{1,16}$/i.test(symbol)) return BigInt(symbol);
  const [, module, name = ""] = /^([^:]+):(.+)$/.exec(symbol) ?? [];
  if (module === undefined) return undefined;
  const found = kernelSymbols().find(name);
  const wanted = module === "vmlinux" ? undefined : module;
  const inModule = found.find((each) => each.module === wanted);
  if (inModule !== undefined && inModule.address !== 0n) return inModule.address;
  const elsewhere = found.map((each) => `${each.module ?? "vmlinux"}:${name}`);
  const [nearest] = elsewhere;
  const reason = inModule === undefined ? "there is no such function" : "the kernel hides its addresses";
  throw new AttachError(symbol, `cannot attach a kprobe to ${symbol}: ${reason}`, {
    similar: elsewhere,
    hint: nearest === undefined ? "Is the module loaded? `lsmod` lists them." : `There is ${nearest}.`,
  });
}

function noKprobes(): UnsupportedError {
  return new UnsupportedError("kprobes", `this kernel (${release()}) has no kprobes`, {
    since: "4.17",
    hint: GUEST_HINT,
  });
}
