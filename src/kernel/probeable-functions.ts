import { join } from "node:path";
import { readIfThere, tracefsDirectory } from "./tracefs.ts";

/** What the kernel says about putting probes on its functions; undefined where it does not let us know. */
export interface ProbeableFunctions {
  /** Functions that ftrace can hook: notrace and inlined ones are missing. */
  readonly traceable: ReadonlySet<string> | undefined;
  /** Functions on which kprobes are refused, because the handling of a probe runs them. */
  readonly refused: ReadonlySet<string> | undefined;
}

const BLACKLIST = "/sys/kernel/debug/kprobes/blacklist";

/** Reads the lists of the running kernel: some ten milliseconds, so for explaining failures. */
export function probeableFunctions(): ProbeableFunctions {
  const traceable = readIfThere(join(tracefsDirectory(), "available_filter_functions"));
  const refused = readIfThere(BLACKLIST);
  return {
    traceable: traceable === undefined ? undefined : parseTraceable(traceable),
    refused: refused === undefined ? undefined : parseBlacklist(refused),
  };
}

/** One function a line, followed by its module in brackets. */
export function parseTraceable(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(/^[^\s]+/gm), (match) => match[0]));
}

/** Lines of two addresses and the name, as in kprobes/blacklist of debugfs. */
export function parseBlacklist(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(/^0x\S+\s+(\S+)/gm), (match) => match[1] ?? ""));
}
