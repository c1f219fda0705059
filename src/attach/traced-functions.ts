import { type KernelSymbol, kernelSymbols } from "../kernel/kallsyms.ts";
import { probeableFunctions } from "../kernel/probeable-functions.ts";
import { checkMatches, compilePattern } from "./pattern.ts";

/**
 * The functions of the running kernel that a pattern matches at the start of their names, as Python's
 * re.match, and that can be probed: not inlined, not notrace, and no other function has the name. By name.
 *
 * Throws AttachError when the pattern is no regular expression or matches nothing.
 */
export function probeableMatching(pattern: string): KernelSymbol[] {
  const wanted = compilePattern(pattern);
  const { traceable, refused } = probeableFunctions();
  const candidates = [...(traceable ?? kernelSymbols().functions)];
  const matching = new Set(candidates.filter((name) => wanted.test(name) && !refused?.has(name)));
  const byName = new Map<string, KernelSymbol | "shared">();
  for (const symbol of matching.size === 0 ? [] : kernelSymbols().functionsNamed(matching)) {
    byName.set(symbol.name, byName.has(symbol.name) ? "shared" : symbol);
  }
  const found = [...byName.values()].filter((symbol) => symbol !== "shared");
  if (found.length === 0) checkMatches(pattern, "function that can be probed", 0);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
