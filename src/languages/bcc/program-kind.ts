import type { KernelFacts } from "../../facts/kernel-facts.ts";
import { syscallFunction } from "../../facts/syscall-names.ts";
import type { NamedAttachPoint, TrampolinePoint } from "../../program/program.ts";

/** Where a program is attached and the section it is compiled into. */
export interface ProgramKind {
  readonly attach: NamedAttachPoint;
  readonly section: string;
}

/** bcc's prefixes of programs that a trampoline runs, by the names that libbpf and we have for them. */
const TRAMPOLINES: Readonly<Record<string, { kind: TrampolinePoint["kind"]; section: string }>> = {
  kfunc: { kind: "fentry", section: "fentry" },
  kretfunc: { kind: "fexit", section: "fexit" },
  kmod_ret: { kind: "fmod-ret", section: "fmod_ret" },
  lsm: { kind: "lsm", section: "lsm" },
};

const NAME = /^(kprobe|kretprobe|tracepoint|raw_tracepoint|kfunc|kretfunc|kmod_ret|lsm|bpf_iter)__(.+)$/;

/** What a program's name says of where it is attached, if it does. */
export function kindByName(name: string, facts: KernelFacts): ProgramKind | undefined {
  const [, prefix = "", rest = ""] = NAME.exec(name) ?? [];
  switch (prefix) {
    case "":
      return undefined;
    case "kprobe":
    case "kretprobe": {
      const symbol = syscallFunction(rest, facts) ?? rest;
      return { attach: { kind: prefix, symbol }, section: `${prefix}/${symbol}` };
    }
    case "raw_tracepoint":
      return { attach: { kind: "raw-tracepoint", event: rest }, section: `raw_tracepoint/${rest}` };
    case "tracepoint": {
      const split = rest.indexOf("__");
      const category = rest.slice(0, Math.max(split, 0));
      const event = rest.slice(split + 2);
      return { attach: { kind: "tracepoint", category, event }, section: `tracepoint/${category}/${event}` };
    }
    case "bpf_iter":
      return { attach: { kind: "iter", target: rest }, section: `iter/${rest}` };
    default:
      return trampoline(prefix, rest, facts);
  }
}

function trampoline(prefix: string, rest: string, facts: KernelFacts): ProgramKind | undefined {
  const known = TRAMPOLINES[prefix];
  if (known === undefined) return undefined;
  const { kind, section } = known;
  const { symbol, module } = prefix.startsWith("k") ? splitModule(rest, facts) : { symbol: rest };
  return { attach: { kind, symbol, module }, section: `${section}/${symbol}` };
}

/** "nf_tables__nft_do_chain": a module and its function, unless the kernel itself has a function of the whole name. */
function splitModule(name: string, facts: KernelFacts): { symbol: string; module?: string } {
  const split = name.indexOf("__");
  if (split <= 0 || facts.btf.find("func", name) !== undefined) return { symbol: name };
  const [module, symbol] = [name.slice(0, split), name.slice(split + 2)];
  return module === "vmlinux" ? { symbol } : { symbol, module };
}
