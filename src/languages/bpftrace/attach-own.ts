import { similarNames } from "../../source/similar-names.ts";
import { AttachPointError, type AttachWorld } from "./attach-world.ts";
import type { ContextField, ProbeContext, Provider } from "./probe-context.ts";

export function plain(parts: string[], provider: Provider): ProbeContext[] {
  if (parts.length > 0) throw new AttachPointError(`${provider} probes take no arguments`);
  const kind = provider as "begin" | "end";
  return [{ provider, name: kind, section: "raw_tp", attach: { kind }, space: "any" }];
}

/** A test or a block to be measured: there only where the script is run for that. */
export function trial(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const kind = provider as "test" | "bench";
  const [name = ""] = parts;
  if (parts.length !== 1 || name === "")
    throw new AttachPointError(`a ${kind} probe has a name`, `For instance ${kind}:adds_up.`);
  if (world.mode !== kind) return [];
  return [{ provider, name: `${kind}:${name}`, section: "raw_tp", attach: { kind }, space: "any" }];
}

/** Runs once for each object of a kind; what it finds are the members of its context. */
export function iterator(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const [target = "", pin] = parts;
  if (target === "" || parts.length > 2)
    throw new AttachPointError("iter probe type requires 1 or 2 arguments (pin)");
  if (pin === "")
    throw new AttachPointError("an iterator is pinned at a path", "For instance iter:task:list.");
  const context = world.types.find(`struct bpf_iter__${target}`);
  if (context?.kind !== "struct") {
    const known = [...world.facts.btf.names("struct")].flatMap(
      (name) => /^bpf_iter__(\w+)$/.exec(name)?.[1] ?? [],
    );
    const similar = similarNames(target, known, 1)[0];
    const hint = similar === undefined ? `There are ${known.join(", ")}.` : `Did you mean ${similar}?`;
    throw new AttachPointError(`this kernel has no iterator ${target}.`, hint, "NO_MATCH");
  }
  // Pointers stand in nameless unions of one member.
  const fields = context.members().flatMap((member): ContextField[] => {
    const inner = member.name === "" && member.type.kind === "struct" ? member.type.members() : [member];
    return inner.map(({ name, type }) => ({ name, type, offset: member.bitOffset / 8 }));
  });
  const attach = { kind: "iterator", target, pin: pin && pinPath(pin) } as const;
  return [
    {
      provider,
      name: [provider, ...parts].join(":"),
      section: `iter/${target}`,
      attach,
      arguments: fields,
      space: "kernel",
    },
  ];
}

const BPF_FILE_SYSTEM = "/sys/fs/bpf";

function pinPath(pin: string): string {
  return pin.startsWith("/") ? pin : `${BPF_FILE_SYSTEM}/${pin}`;
}

export function selfProbe(parts: string[], provider: Provider): ProbeContext[] {
  const [what = "", signal = ""] = parts;
  if (what !== "signal" || !/^SIG[A-Z0-9]+$/.test(signal)) {
    throw new AttachPointError("self probes are written self:signal:SIGUSR1");
  }
  return [
    {
      provider,
      name: `self:signal:${signal}`,
      section: "raw_tp",
      attach: { kind: "signal", signal },
      space: "any",
    },
  ];
}
