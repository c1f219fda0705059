import { AttachError } from "../errors.ts";
import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import { ATTACH_TYPE, PROGRAM_TYPE } from "../kernel/bpf-constants.ts";
import { checkFeature } from "../kernel/features.ts";
import type { KernelSymbol } from "../kernel/kallsyms.ts";
import type { LoadedProgram } from "../load/loaded-object.ts";
import { FdLink } from "./fd-link.ts";
import { attachKprobe } from "./kprobe.ts";
import type { Link } from "./link.ts";
import { LinkGroup } from "./link-group.ts";
import { checkMatches } from "./pattern.ts";
import { probeableMatching } from "./traced-functions.ts";

const AT_RETURN = 1;

/**
 * Attaches a kprobe program to all functions whose names begin with what a regular expression matches. On
 * Linux 5.18 with CONFIG_FPROBE that is one link (kprobe.multi); else each function gets a probe of its own,
 * and those that the kernel refuses are left out. `count` tells how many there are.
 *
 * Throws AttachError when nothing matches, UnsupportedError where the kernel has no kprobes, PermissionError.
 */
export function attachKprobeMulti(
  program: LoadedProgram,
  kind: "kprobe" | "kretprobe",
  pattern: string,
  onMatches?: (count: number) => void,
): Link {
  const functions = probeableMatching(pattern);
  onMatches?.(functions.length);
  if (checkFeature("kprobe.multi").available) return attachTogether(program, kind, pattern, functions);
  checkMatches(pattern, "functions (without kprobe.multi of Linux 5.18)", functions.length);
  return attachSingly(program, kind, pattern, functions);
}

function attachTogether(
  program: LoadedProgram,
  kind: "kprobe" | "kretprobe",
  pattern: string,
  functions: readonly KernelSymbol[],
): Link {
  const addresses = NativeBuffer.alloc(functions.length * 8);
  functions.forEach(({ address }, i) => {
    addresses.view.setBigUint64(i * 8, address, true);
  });
  // struct bpf_link_create_opts: … kprobe_multi { flags, cnt, syms, addrs, cookies } at 32.
  const opts = NativeBuffer.alloc(64);
  opts.setPointer(0, 64);
  opts.view.setUint32(32, kind === "kretprobe" ? AT_RETURN : 0, true);
  opts.view.setUint32(36, functions.length, true);
  opts.setPointer(48, addresses.address);
  const copy = loadForMany(program);
  try {
    const link = libbpf().bpf_link_create(copy, 0, ATTACH_TYPE.kprobeMulti, opts.address);
    const fd = checked(`attach ${program.name} to ${functions.length} functions`, link);
    return new FdLink(kind, pattern, fd, functions.length);
  } finally {
    // The link keeps the program.
    closeFd(copy);
  }
}

/**
 * The program once more: the kernel wants to know at the load whether a program is for kprobe.multi, and then
 * takes it for nothing else. libbpf's instructions have the maps' descriptors in them, so it has the same maps.
 */
function loadForMany(program: LoadedProgram): number {
  const { bpf_program__insns: code, bpf_program__insn_cnt: length, bpf_prog_load: load } = libbpf();
  const name = cString(program.name.slice(0, 15));
  const licence = cString(program.gplCompatible ? "GPL" : "Proprietary");
  // struct bpf_prog_load_opts: sz, attempts, expected_attach_type, …
  const opts = NativeBuffer.alloc(40);
  opts.setPointer(0, 36);
  opts.view.setUint32(12, ATTACH_TYPE.kprobeMulti, true);
  const { pointer } = program;
  const fd = load(
    PROGRAM_TYPE.kprobe,
    name.address,
    licence.address,
    code(pointer),
    length(pointer),
    opts.address,
  );
  return checked(`load ${program.name} for kprobe.multi`, fd);
}

function attachSingly(
  program: LoadedProgram,
  kind: "kprobe" | "kretprobe",
  pattern: string,
  functions: readonly KernelSymbol[],
): Link {
  const links: Link[] = [];
  const refusals: AttachError[] = [];
  try {
    for (const { name } of functions) {
      try {
        links.push(attachKprobe(program, { symbol: name, retprobe: kind === "kretprobe" }));
      } catch (error) {
        if (!(error instanceof AttachError)) throw error;
        refusals.push(error);
      }
    }
    if (links.length === 0 && refusals[0] !== undefined) throw refusals[0];
  } catch (error) {
    for (const link of links) link.close();
    throw error;
  }
  return new LinkGroup(kind, pattern, links);
}
