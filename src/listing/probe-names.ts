import type { BtfKind } from "../btf/btf-type.ts";
import type { KernelFacts } from "../facts/kernel-facts.ts";
import { findBinary } from "../kernel/find-binary.ts";
import { kernelSymbols } from "../kernel/kallsyms.ts";
import { probeableFunctions } from "../kernel/probeable-functions.ts";
import { readElf } from "../kernel/read-elf.ts";
import { usdtProbesOfFile, usdtProbesOfProcess } from "../kernel/usdt-probes.ts";
import { globPattern } from "./glob.ts";
import { HARDWARE_EVENTS, SOFTWARE_EVENTS } from "./perf-names.ts";

/** Gives the rest of a probe's name, after its provider and a colon. `target` is what the user said there. */
type Names = (facts: KernelFacts, target: string) => Iterable<string>;

/** Everything that can be listed, and how. */
export const LISTED: Readonly<Record<string, Names>> = {
  hardware: () => HARDWARE_EVENTS.map((name) => `${name}:`),
  iter: (facts) => iterators(facts),
  kprobe: () => kernelFunctions(),
  kretprobe: () => kernelFunctions(),
  fentry: (facts) => typedFunctions(facts),
  fexit: (facts) => typedFunctions(facts),
  rawtracepoint: (facts) => rawTracepoints(facts),
  software: () => SOFTWARE_EVENTS.map((name) => `${name}:`),
  tracepoint: (facts) => tracepoints(facts),
  uprobe: (_, target) => userFunctions(target),
  uretprobe: (_, target) => userFunctions(target),
  usdt: (_, target) => userProbes(target),
};

/** Probes at returns are those at entries again, and a machine has millions of user functions. */
export const LISTED_UNASKED = [
  "hardware",
  "iter",
  "kprobe",
  "fentry",
  "rawtracepoint",
  "software",
  "tracepoint",
];

function kernelFunctions(): Iterable<string> {
  const { traceable, refused } = probeableFunctions();
  // The kernel's linker marks the room before each function with a name of its own.
  const names = [...(traceable ?? kernelSymbols().functions)].filter((name) => !name.startsWith("__pfx_"));
  return refused === undefined ? names : names.filter((name) => !refused.has(name));
}

function* typedFunctions(facts: KernelFacts): Iterable<string> {
  const { traceable } = probeableFunctions();
  for (const [module, name] of ownNames(facts, "func")) {
    if (traceable?.has(name) ?? true) yield `${module}:${name}`;
  }
}

/** The names of a kind of thing in the kernel's types, and in those of its modules. */
function* ownNames(facts: KernelFacts, kind: BtfKind): Iterable<readonly [module: string, name: string]> {
  for (const name of facts.btf.names(kind)) yield ["vmlinux", name];
  for (const module of facts.modules?.names() ?? []) {
    const btf = facts.modules?.named(module)?.btf;
    for (const name of btf?.ownNames(kind) ?? []) yield [module, name];
  }
}

const ITERATOR = "bpf_iter__";

function* iterators(facts: KernelFacts): Iterable<string> {
  for (const name of facts.btf.names("struct")) {
    if (name.startsWith(ITERATOR)) yield name.slice(ITERATOR.length);
  }
}

const RAW_TRACEPOINT = "btf_trace_";

function* rawTracepoints(facts: KernelFacts): Iterable<string> {
  for (const [module, name] of ownNames(facts, "typedef")) {
    if (name.startsWith(RAW_TRACEPOINT)) yield `${module}:${name.slice(RAW_TRACEPOINT.length)}`;
  }
}

function* tracepoints(facts: KernelFacts): Iterable<string> {
  for (const category of facts.tracepoints()) {
    for (const event of facts.tracepoints(category)) yield `${category}:${event}`;
  }
}

/** The functions of the file that stands before the last colon: "/bin/bash:read*", "libc:mal*". */
function userFunctions(target: string): string[] {
  const at = target.lastIndexOf(":");
  const file = at < 0 ? target : target.slice(0, at);
  const path = file === "" ? undefined : findBinary(file);
  if (path === undefined) return [];
  const wanted = globPattern(at < 0 ? "*" : target.slice(at + 1));
  return readElf(path)
    .symbols.matching(wanted)
    .map(({ name }) => `${path}:${name}`)
    .sort();
}

/** The probes that the file itself declares: "/usr/bin/node:*", "libc:libc:memory_*". */
function userProbes(target: string): string[] {
  const [file = "", ...names] = target.split(":");
  const path = file === "" ? undefined : findBinary(file);
  if (path === undefined) return [];
  const wanted = globPattern(names.join(":") || "*");
  return usdtProbesOfFile(path)
    .map(({ provider, name }) => ({ name, whole: `${provider}:${name}` }))
    .filter(({ name, whole }) => wanted.test(whole) || wanted.test(name))
    .map(({ whole }) => `${path}:${whole}`)
    .sort();
}

/** The USDT probes of a process's program and libraries that a pattern matches: "usdt:*", "usdt:*:python:gc*". */
export function processProbes(pid: number, pattern = "*"): string[] {
  const wanted = globPattern(pattern.replace(/^U:/, "usdt:"));
  const names = (usdtProbesOfProcess(pid) ?? []).flatMap(({ provider, name, locations }) =>
    locations.map(({ path }) => `usdt:${path}:${provider}:${name}`),
  );
  return [...new Set(names)].filter((name) => wanted.test(name)).sort();
}
