import { sizeOfType } from "../../program/type-layout.ts";
import type { Type } from "../../program/types.ts";
import { similarNames } from "../../source/similar-names.ts";
import { AttachPointError, type AttachWorld } from "./attach-world.ts";
import { GLOB, globToRegex, matching } from "./glob.ts";
import type { ProbeContext, Provider } from "./probe-context.ts";

export function kernelProbe(
  parts: string[],
  provider: Provider,
  world: AttachWorld,
  each: boolean,
): ProbeContext[] {
  if (parts.length === 0 || parts.length > 2 || parts.some((part) => part === "")) {
    throw new AttachPointError(
      `${provider} probe type requires 1 or 2 arguments`,
      `For instance ${provider}:vfs_read.`,
    );
  }
  const target = parts.at(-1) ?? "";
  const kind = provider as "kprobe" | "kretprobe";
  const address = /^(?:0x[\da-fA-F]+|\d+)$/.test(target) ? BigInt(target) : undefined;
  if (address !== undefined) return [addressProbe(address, kind, world)];
  if (!GLOB.test(target)) checkFunction(parts, provider, world);
  const make = (symbol: string): ProbeContext => ({
    provider,
    name: `${provider}:${parts.length === 2 ? `${parts[0]}:` : ""}${symbol}`,
    section: "kprobe",
    attach: kprobeAttach(kind, symbol),
    space: "any",
  });
  if (!GLOB.test(target)) return [make(target)];
  if (each) return matching(target, world.kernelFunctions(), "kernel function").map(make);
  const attach = { kind: `${kind}-multi`, pattern: globToRegex(target) } as const;
  return [{ ...make(target), attach }];
}

/** The kernel does not look whether a function begins at an address: a wrong one can bring it down. */
function addressProbe(address: bigint, kind: "kprobe" | "kretprobe", world: AttachWorld): ProbeContext {
  if (!world.unsafe) {
    throw new AttachPointError(`${kind} at an address is unsafe`, "Allow it with --unsafe.");
  }
  const attach = { kind, symbol: `0x${address.toString(16)}` } as const;
  return { provider: kind, name: `${kind}:${address}`, section: "kprobe", attach, space: "any" };
}

/** A function that is nowhere is told at its place. What modules have is known when it is attached. */
function checkFunction(parts: readonly string[], provider: Provider, world: AttachWorld): void {
  const { types, facts } = world;
  const [name = ""] = (parts.at(-1) ?? "").split("+");
  const inKernel = parts.length === 1 || parts[0] === "vmlinux";
  if (!inKernel) {
    types.addModule(parts[0] ?? "");
    return;
  }
  if (types.kernelFunction(name, "vmlinux") !== undefined || world.kernelAddress(name) !== undefined) return;
  const similar = similarNames(name, facts.btf.names("func"), 1)[0];
  const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
  const why = 'is not traceable (either non-existing, inlined, or marked as "notrace")';
  const warning = `${name} ${why}; attaching to it will likely fail`;
  throw new AttachPointError(`No matches for ${provider} ${name}.`, hint, "NO_MATCH", warning);
}

function kprobeAttach(kind: "kprobe" | "kretprobe", symbol: string): ProbeContext["attach"] {
  const offset = /^(\w[\w.$]*)\+(0x[\da-fA-F]+|\d+)$/.exec(symbol);
  if (offset === null) return { kind, symbol };
  if (kind === "kretprobe") throw new AttachPointError("Offset not allowed for kretprobes");
  return { kind, symbol: offset[1] ?? "", offset: Number(offset[2]) } as ProbeContext["attach"];
}

/** Each argument begins at a word; a struct takes as many as it needs. */
function inWords(parameters: readonly { readonly name: string; readonly type: Type }[]) {
  let size = 0;
  const fields = parameters.map(({ name, type }) => {
    const offset = size;
    size += 8 * Math.max(1, Math.ceil(sizeOfType(type) / 8));
    return { name, type, offset };
  });
  return { fields, size };
}

export function trampoline(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const target = parts.at(-1) ?? "";
  if (target === "" || parts.length > 2)
    throw new AttachPointError(`${provider} probe type requires 1 or 2 arguments`);
  const module = parts.length === 2 && !GLOB.test(parts[0] ?? "") ? parts[0] : undefined;
  if (module !== undefined && module !== "vmlinux" && !world.types.addModule(module)) {
    const hint = "It is not loaded, or has no BTF: modprobe loads it.";
    throw new AttachPointError(`No matches for ${provider} ${parts.join(":")}.`, hint, "NO_FUNCTION");
  }
  const names = GLOB.test(target) ? functionsMatching(target, module, world) : [target];
  return names.map((symbol): ProbeContext => {
    const found = world.types.kernelFunction(symbol, module);
    if (found === undefined) {
      const similar = similarNames(symbol, world.facts.btf.names("func"), 1)[0];
      const hint =
        similar === undefined ? "A kprobe may work: it needs no types." : `Did you mean ${similar}?`;
      throw new AttachPointError(`No matches for ${provider} ${symbol}.`, hint, "NO_FUNCTION");
    }
    const { fields, size } = inWords(found.parameters);
    const kind = provider as "fentry" | "fexit";
    return {
      provider,
      name: `${provider}:${module ?? "vmlinux"}:${symbol}`,
      section: `${kind}/${symbol}`,
      attach: { kind, symbol, ...(module !== undefined && module !== "vmlinux" && { module }) },
      arguments: fields,
      returns: provider === "fexit" ? { name: "retval", type: found.returns, offset: size } : undefined,
      space: "kernel",
    };
  });
}

/** Functions that can be probed, those of a module only when one is named. */
function functionsMatching(glob: string, module: string | undefined, world: AttachWorld): string[] {
  const names = matching(glob, world.kernelFunctions(), "kernel function");
  return module === undefined
    ? names
    : names.filter((name) => world.types.kernelFunction(name, module) !== undefined);
}
