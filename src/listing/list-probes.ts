import type { KernelFacts } from "../facts/kernel-facts.ts";
import { globPattern, isGlob } from "./glob.ts";
import { LISTED, LISTED_UNASKED } from "./probe-names.ts";

const ALIASES: Readonly<Record<string, string>> = {
  h: "hardware",
  it: "iter",
  k: "kprobe",
  kr: "kretprobe",
  f: "fentry",
  fr: "fexit",
  kfunc: "fentry",
  kretfunc: "fexit",
  rt: "rawtracepoint",
  s: "software",
  t: "tracepoint",
  u: "uprobe",
  ur: "uretprobe",
  U: "usdt",
};

/** Providers whose names have a module in front that a pattern may leave out. */
const WITH_MODULE: ReadonlySet<string> = new Set(["fentry", "fexit", "rawtracepoint"]);

/** One probe of this machine: "tracepoint:sched:sched_switch" is sched:sched_switch of the tracepoints. */
export interface ListedProbe {
  readonly provider: string;
  readonly name: string;
}

/**
 * The probes of this machine that a pattern matches: all without one. "tracepoint:sched:*" asks one provider,
 * "*sleep*" all of them but those of user programs, which "uprobe:/bin/bash:read*" and "usdt:libc:*" give.
 */
export function* listProbes(facts: KernelFacts, pattern = "*"): Iterable<ListedProbe> {
  const colon = pattern.indexOf(":");
  const head = colon < 0 ? "" : pattern.slice(0, colon);
  const provider = ALIASES[head] ?? head;
  if (LISTED[provider] !== undefined) {
    yield* ofProvider(facts, provider, pattern.slice(colon + 1));
    return;
  }
  const wanted = globPattern(pattern);
  const providers = isGlob(head)
    ? Object.keys(LISTED).filter((each) => globPattern(head).test(each))
    : LISTED_UNASKED;
  for (const each of providers) {
    for (const name of LISTED[each]?.(facts, "") ?? []) {
      if (wanted.test(`${each}:${name}`)) yield { provider: each, name };
    }
  }
}

function* ofProvider(facts: KernelFacts, provider: string, target: string): Iterable<ListedProbe> {
  const names = LISTED[provider]?.(facts, target) ?? [];
  if (provider === "uprobe" || provider === "uretprobe" || provider === "usdt") {
    for (const name of names) yield { provider, name };
    return;
  }
  const wanted = globPattern(target === "" ? "*" : target);
  const leavesModuleOut = WITH_MODULE.has(provider) && !target.includes(":");
  const module = provider.startsWith("k") && target.includes(":") ? target.split(":")[0] : undefined;
  if (module !== undefined && !globPattern(module).test("vmlinux")) return;
  const inKernel = module === undefined ? wanted : globPattern(target.slice(module.length + 1));
  for (const name of names) {
    const compared = leavesModuleOut ? name.slice(name.indexOf(":") + 1) : name;
    // "software:cpu-clock" is listed with the colon of the count that may follow.
    if (inKernel.test(compared) || inKernel.test(compared.replace(/:$/, ""))) yield { provider, name };
  }
}
