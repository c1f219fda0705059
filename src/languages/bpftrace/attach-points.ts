import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { UserFunctionPoint } from "../../program/program.ts";
import type { UsdtProbe } from "../../program/usdt.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { AttachText } from "./ast.ts";
import type { CTypes } from "./c-types.ts";
import { type ContextField, PROVIDERS, type ProbeContext, type Provider } from "./probe-context.ts";
import { tracepointFields } from "./tracepoint-fields.ts";

/** What attach points need of the machine. Names are asked for only where a script has a pattern or an error. */
export interface AttachWorld {
  readonly facts: KernelFacts;
  readonly types: CTypes;
  readonly pid?: number | undefined;
  /** The USDT probes of a program or library, or of the process that is traced ("*"); undefined without such a file. */
  usdtProbes(binary: string): readonly UsdtProbe[] | undefined;
  /** Functions that can be probed, for patterns that become one program each. */
  kernelFunctions(): Iterable<string>;
}

/** Why an attach point cannot be. */
export class AttachPointError extends Error {
  readonly hint: string | undefined;
  readonly code: string;

  constructor(message: string, hint?: string, code = "ATTACH_POINT") {
    super(message);
    this.hint = hint;
    this.code = code;
  }
}

/**
 * The programs that an attach point means: one, or one for each match of a pattern when the body asks for what
 * differs among them (`each`).
 */
export function resolveAttachPoint({ text }: AttachText, world: AttachWorld, each: boolean): ProbeContext[] {
  const [word = "", ...rest] = splitPoint(text);
  const provider = PROVIDERS[word];
  if (provider === undefined) {
    const similar = similarNames(word, Object.keys(PROVIDERS), 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    throw new AttachPointError(`Invalid probe type: ${word}`, hint);
  }
  return RESOLVERS[provider](rest, provider, world, each);
}

/** At colons, but a colon inside of brackets or doubled is a name's. */
function splitPoint(text: string): string[] {
  return text.split(/(?<!:):(?!:)/);
}

type Resolver = (parts: string[], provider: Provider, world: AttachWorld, each: boolean) => ProbeContext[];

function plain(parts: string[], provider: Provider): ProbeContext[] {
  if (parts.length > 0) throw new AttachPointError(`${provider} probes take no arguments`);
  const kind = provider as "begin" | "end";
  return [{ provider, name: kind, section: "raw_tp", attach: { kind }, space: "any" }];
}

const GLOB = /[*?]/;

/** A shell pattern as a regular expression for whole names. */
export function globToRegex(glob: string): string {
  const body = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return `${body}$`;
}

function kernelProbe(parts: string[], provider: Provider, world: AttachWorld, each: boolean): ProbeContext[] {
  if (parts.length === 0 || parts.length > 2 || parts.some((part) => part === "")) {
    throw new AttachPointError(
      `${provider} probe type requires 1 or 2 arguments`,
      `For instance ${provider}:vfs_read.`,
    );
  }
  const target = parts.at(-1) ?? "";
  const kind = provider as "kprobe" | "kretprobe";
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

function kprobeAttach(kind: "kprobe" | "kretprobe", symbol: string): ProbeContext["attach"] {
  const offset = /^(\w[\w.$]*)\+(0x[\da-fA-F]+|\d+)$/.exec(symbol);
  if (offset === null) return { kind, symbol };
  if (kind === "kretprobe") throw new AttachPointError("Offset not allowed for kretprobes");
  return { kind, symbol: offset[1] ?? "", offset: Number(offset[2]) } as ProbeContext["attach"];
}

const MOST_PROGRAMS = 1024;

function matching(glob: string, names: Iterable<string>, what: string): string[] {
  const pattern = new RegExp(`^${globToRegex(glob)}`);
  const found = [...new Set([...names].filter((name) => pattern.test(name)))];
  if (found.length === 0)
    throw new AttachPointError(`No matches for ${what} ${glob}.`, undefined, "NO_MATCH");
  if (found.length > MOST_PROGRAMS) {
    throw new AttachPointError(
      `${glob} matches ${found.length}, more than the ${MOST_PROGRAMS} programs that a script may have`,
      "Without `probe` and `args` in the block one program serves all matches.",
    );
  }
  return found;
}

function trampoline(parts: string[], provider: Provider, world: AttachWorld, each: boolean): ProbeContext[] {
  const target = parts.at(-1) ?? "";
  if (target === "" || parts.length > 2)
    throw new AttachPointError(`${provider} probe type requires 1 or 2 arguments`);
  const names = GLOB.test(target) ? matching(target, world.kernelFunctions(), "kernel function") : [target];
  void each;
  return names.map((symbol): ProbeContext => {
    const found = world.types.kernelFunction(symbol);
    if (found === undefined) {
      const similar = similarNames(symbol, world.facts.btf.names("func"), 1)[0];
      const hint =
        similar === undefined ? "A kprobe may work: it needs no types." : `Did you mean ${similar}?`;
      throw new AttachPointError(`No matches for ${provider} ${symbol}.`, hint, "NO_FUNCTION");
    }
    const fields = found.parameters.map((parameter, i) => ({ ...parameter, offset: 8 * i }));
    const kind = provider as "fentry" | "fexit";
    return {
      provider,
      name: `${provider}:vmlinux:${symbol}`,
      section: `${kind}/${symbol}`,
      attach: { kind, symbol },
      arguments: fields,
      returns:
        provider === "fexit" ? { name: "retval", type: found.returns, offset: 8 * fields.length } : undefined,
      space: "kernel",
    };
  });
}

function tracepoint(parts: string[], provider: Provider, world: AttachWorld, each: boolean): ProbeContext[] {
  const [category = "", event = ""] = parts;
  if (parts.length !== 2 || category === "" || event === "") {
    throw new AttachPointError(
      "tracepoint probe type requires 2 arguments",
      "For instance tracepoint:sched:sched_switch.",
    );
  }
  const names = GLOB.test(category + event)
    ? matchingEvents(category, event, world)
    : [`${category}:${event}`];
  if (names.length > 1 && !each) {
    const attach = { kind: "tracepoint-multi", pattern: globToRegex(`${category}:${event}`) } as const;
    return [
      { provider, name: `tracepoint:${category}:${event}`, section: "tracepoint", attach, space: "any" },
    ];
  }
  return names.map((name) => oneTracepoint(name, world));
}

function oneTracepoint(name: string, world: AttachWorld): ProbeContext {
  const [category = "", event = ""] = name.split(":");
  const format = world.facts.tracepointFormat(category, event);
  if (format === undefined) throw unknownTracepoint(category, event, world);
  // The arguments of system calls lead to user space.
  const space = category === "syscalls" ? "user" : "kernel";
  return {
    provider: "tracepoint",
    name: `tracepoint:${name}`,
    section: "tracepoint",
    attach: { kind: "tracepoint", category, event },
    arguments: tracepointFields(format, world.types, space),
    space,
  };
}

function matchingEvents(category: string, event: string, world: AttachWorld): string[] {
  const categories = GLOB.test(category)
    ? matching(category, world.facts.tracepoints(), "tracepoint category")
    : [category];
  const names = categories.flatMap((one) => world.facts.tracepoints(one).map((name) => `${one}:${name}`));
  return matching(`*:${event}`, names, "tracepoint");
}

function unknownTracepoint(category: string, event: string, world: AttachWorld): AttachPointError {
  const events = world.facts.tracepoints(category);
  const similar =
    events.length === 0
      ? similarNames(category, world.facts.tracepoints(), 1)[0]
      : similarNames(event, events, 1).map((name) => `${category}:${name}`)[0];
  const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
  return new AttachPointError(`No matches for tracepoint ${category}:${event}.`, hint, "NO_TRACEPOINT");
}

function rawTracepoint(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const event = parts.at(-1) ?? "";
  if (event === "" || parts.length > 2)
    throw new AttachPointError("rawtracepoint probe type requires 1 or 2 arguments");
  // Types of modules are not read: what is known is the kernel's own.
  if (parts.length === 2 && !new RegExp(`^${globToRegex(parts[0] ?? "")}`).test("vmlinux")) {
    throw new AttachPointError(
      `No matches for rawtracepoint ${parts.join(":")}.`,
      "Raw tracepoints of modules are not supported; those of the kernel are in vmlinux.",
      "NO_TRACEPOINT",
    );
  }
  const events = () =>
    [...world.facts.btf.names("typedef")].flatMap((name) => /^btf_trace_(\w+)$/.exec(name)?.[1] ?? []);
  const names = GLOB.test(event) ? matching(event, events(), "raw tracepoint") : [event];
  return names.map((name): ProbeContext => {
    const found = world.types.rawTracepoint(name);
    if (found === undefined) {
      const similar = similarNames(name, events(), 1)[0];
      throw new AttachPointError(
        `No matches for rawtracepoint ${parts.join(":")}.`,
        similar === undefined ? undefined : `Did you mean ${similar}?`,
        "NO_TRACEPOINT",
      );
    }
    return {
      provider,
      name: `rawtracepoint:${parts.length === 2 ? `${parts[0]}:` : ""}${name}`,
      section: "raw_tp",
      attach: { kind: "raw-tracepoint", event: name },
      arguments: found.parameters.map((parameter, i) => ({ ...parameter, offset: 8 * i })),
      space: "kernel",
    };
  });
}

function userProbe(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const target = parts.at(-1) ?? "";
  const binary =
    parts.length >= 3 && parts.at(-2) === "cpp" ? parts.slice(0, -2).join(":") : parts.slice(0, -1).join(":");
  if (binary === "" || target === "") {
    throw new AttachPointError(
      `${provider} probe type requires 2 or 3 arguments`,
      `For instance ${provider}:/bin/bash:readline.`,
    );
  }
  const point: UserFunctionPoint = { binary, pid: world.pid, ...userTarget(target) };
  const kind = provider as "uprobe" | "uretprobe";
  const name = `${provider}:${binary}:${target}`;
  return [{ provider, name, section: "kprobe", attach: { kind, ...point }, space: "user" }];
}

function userTarget(target: string): Partial<UserFunctionPoint> {
  if (/^(?:0x[\da-fA-F]+|\d+)$/.test(target)) return { address: Number(target) };
  if (GLOB.test(target)) return { pattern: globToRegex(target) };
  const offset = /^(.+)\+(0x[\da-fA-F]+|\d+)$/.exec(target);
  return offset === null ? { symbol: target } : { symbol: offset[1] ?? "", offset: Number(offset[2]) };
}

/** A place of its own program each: the arguments may lie elsewhere at each. */
function usdt(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  if (parts.length < 2) {
    throw new AttachPointError(
      "usdt probe type requires 2 or 3 arguments",
      "For instance usdt:/usr/bin/node:gc__start.",
    );
  }
  const name = parts.at(-1) ?? "";
  const space = parts.length > 2 ? (parts.at(-2) ?? "") : "";
  const binary = parts.slice(0, parts.length > 2 ? -2 : -1).join(":");
  const known = world.usdtProbes(binary);
  if (known === undefined)
    throw new AttachPointError(`usdt: there is no program or library ${binary}.`, undefined, "NO_MATCH");
  const matches = (glob: string, text: string) => new RegExp(`^${globToRegex(glob)}`).test(text);
  const found = known.filter(
    (probe) => matches(name, probe.name) && (space === "" || matches(space, probe.provider)),
  );
  if (found.length === 0) {
    const names = known.map((probe) => probe.name);
    const similar = similarNames(name, names, 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    throw new AttachPointError(`No matches for usdt probe ${parts.join(":")}.`, hint, "NO_MATCH");
  }
  return found.flatMap((probe) =>
    probe.locations.map((location): ProbeContext => {
      const attach = { kind: "usdt", probe: { ...probe, locations: [location] }, pid: world.pid } as const;
      const full = `usdt:${binary}:${probe.provider}:${probe.name}`;
      return { provider, name: full, section: "kprobe", attach, places: location.arguments, space: "user" };
    }),
  );
}

const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3 };

/** "s:1", "hz:99", "100ms" as a period in nanoseconds or a frequency. */
function rate(parts: string[], provider: Provider): { periodNs?: number; hz?: number } {
  const joined = parts.length === 1 ? /^(\d+)(\w+)$/.exec(parts[0] ?? "") : null;
  const [unit = "", text = ""] = joined === null ? parts : [joined[2], joined[1]];
  if (joined === null && parts.length !== 2) {
    throw new AttachPointError(
      `${provider} probe type requires 1 or 2 arguments`,
      `For instance ${provider}:s:1.`,
    );
  }
  const number = Number(text);
  if (!Number.isSafeInteger(number) || !/^\d+$/.test(text))
    throw new AttachPointError(`Invalid rate of ${provider} probe: ${text}`);
  if (number === 0) throw new AttachPointError(`${provider}: the rate must be larger than 0`);
  if (unit === "hz") return { hz: number };
  if (unit === "ns" && joined !== null) return { periodNs: number };
  const factor = UNITS[unit];
  if (factor === undefined) {
    throw new AttachPointError(
      `${unit} is not an accepted unit of ${provider} probes`,
      "Accepted units: s, ms, us, hz.",
    );
  }
  return { periodNs: number * factor };
}

function interval(parts: string[], provider: Provider): ProbeContext[] {
  const { periodNs, hz } = rate(parts, provider);
  const attach = { kind: "interval", periodNs: periodNs ?? Math.round(1e9 / (hz ?? 1)) } as const;
  return [{ provider, name: [provider, ...parts].join(":"), section: "perf_event", attach, space: "any" }];
}

const SOFTWARE = 1;

function profile(parts: string[], provider: Provider): ProbeContext[] {
  const { periodNs, hz } = rate(parts, provider);
  const often = hz === undefined ? { samplePeriod: periodNs } : { sampleFreq: hz };
  const attach = { kind: "perf-event", type: SOFTWARE, config: 0, ...often } as const;
  return [{ provider, name: [provider, ...parts].join(":"), section: "perf_event", attach, space: "any" }];
}

/** Names of perf events: their number and after how many a sample is taken. */
const EVENTS: Readonly<Record<"software" | "hardware", Readonly<Record<string, readonly [number, number]>>>> =
  {
    software: {
      "cpu-clock": [0, 1_000_000],
      cpu: [0, 1_000_000],
      "task-clock": [1, 1_000_000],
      "page-faults": [2, 100],
      faults: [2, 100],
      "context-switches": [3, 1000],
      cs: [3, 1000],
      "cpu-migrations": [4, 1],
      "minor-faults": [5, 100],
      "major-faults": [6, 1],
      "alignment-faults": [7, 1],
      "emulation-faults": [8, 1],
      dummy: [9, 1],
      "bpf-output": [10, 1],
    },
    hardware: {
      "cpu-cycles": [0, 1_000_000],
      cycles: [0, 1_000_000],
      instructions: [1, 1_000_000],
      "cache-references": [2, 1_000_000],
      "cache-misses": [3, 1_000_000],
      "branch-instructions": [4, 100_000],
      branches: [4, 100_000],
      "branch-misses": [5, 100_000],
      "bus-cycles": [6, 100_000],
      "frontend-stalls": [7, 1_000_000],
      "backend-stalls": [8, 1_000_000],
      "ref-cycles": [9, 1_000_000],
    },
  };

function perfEvent(parts: string[], provider: Provider): ProbeContext[] {
  const [event = "", count = ""] = parts;
  const events = EVENTS[provider as "software" | "hardware"];
  const known = events[event];
  if (known === undefined || parts.length > 2) {
    const similar = similarNames(event, Object.keys(events), 1)[0];
    const hint =
      similar === undefined ? `There are ${Object.keys(events).join(", ")}.` : `Did you mean ${similar}?`;
    throw new AttachPointError(`Unknown ${provider} probe: ${event}`, hint);
  }
  const samplePeriod = count === "" ? known[1] : Number(count);
  if (!Number.isSafeInteger(samplePeriod) || samplePeriod < 0)
    throw new AttachPointError(`Invalid count for ${provider} probe: ${count}`);
  const type = provider === "software" ? SOFTWARE : 0;
  const attach = {
    kind: "perf-event",
    type,
    config: known[0],
    samplePeriod: samplePeriod || known[1],
  } as const;
  return [{ provider, name: [provider, ...parts].join(":"), section: "perf_event", attach, space: "any" }];
}

/** Runs once for each object of a kind; what it finds are the members of its context. */
function iterator(parts: string[], provider: Provider, world: AttachWorld): ProbeContext[] {
  const [target = "", pin] = parts;
  if (target === "" || parts.length > 2)
    throw new AttachPointError("iter probe type requires 1 or 2 arguments (pin)");
  if (pin !== undefined)
    throw new AttachPointError("pinned iterators are not supported yet", undefined, "UNSUPPORTED_PROBE");
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
  const attach = { kind: "iterator", target } as const;
  return [
    {
      provider,
      name: `iter:${target}`,
      section: `iter/${target}`,
      attach,
      arguments: fields,
      space: "kernel",
    },
  ];
}

function selfProbe(parts: string[], provider: Provider): ProbeContext[] {
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

const unsupported: Resolver = (_parts, provider) => {
  throw new AttachPointError(`${provider} probes are not supported yet`, undefined, "UNSUPPORTED_PROBE");
};

const RESOLVERS: Readonly<Record<Provider, Resolver>> = {
  begin: plain,
  end: plain,
  kprobe: kernelProbe,
  kretprobe: kernelProbe,
  fentry: trampoline,
  fexit: trampoline,
  tracepoint,
  rawtracepoint: rawTracepoint,
  uprobe: userProbe,
  uretprobe: userProbe,
  interval,
  profile,
  software: perfEvent,
  hardware: perfEvent,
  self: selfProbe,
  usdt,
  iter: iterator,
  watchpoint: unsupported,
};
