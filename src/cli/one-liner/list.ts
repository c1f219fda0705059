import type { KernelFacts } from "../../facts/kernel-facts.ts";
import { indexedFacts } from "../../kept-name-index.ts";
import { describeType, typesNamed } from "../../listing/describe-types.ts";
import { listProbes } from "../../listing/list-probes.ts";
import { probeArguments } from "../../listing/probe-arguments.ts";
import { processProbes } from "../../listing/probe-names.ts";

/** What -l prints: the probes that a pattern matches, or kernel types; with -v what their arguments or members are; of a process its USDT probes, too. */
export function* listLines(
  pattern: string | undefined,
  verbose: boolean,
  pid?: number,
  facts: KernelFacts = indexedFacts().facts,
): Iterable<string> {
  const types = pattern === undefined ? undefined : typesNamed(facts.btf, pattern);
  if (types !== undefined) {
    for (const id of types) yield describeType(facts.btf, id, verbose);
    return;
  }
  if (pid !== undefined && /^(?:U|usdt|\*)\b|^\*$/.test(pattern ?? "*")) yield* processProbes(pid, pattern);
  for (const probe of listProbes(facts, pattern)) {
    yield `${probe.provider}:${probe.name}`;
    if (!verbose) continue;
    for (const argument of probeArguments(facts, probe)) yield `    ${argument}`;
  }
}
