/**
 * Records facts for tests: of the running kernel, or with --directory of a kernel's files.
 *
 *   node dist/test/facts/record.js [--directory vendor/kernels/6.1] test/facts/6.1.json
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Btf } from "../../src/btf/btf.ts";
import { BpfError } from "../../src/errors.ts";
import { factsFromKernelDirectory } from "../../src/facts/kernel-directory-facts.ts";
import type { KernelFacts } from "../../src/facts/kernel-facts.ts";
import { recordFacts } from "../../src/facts/recorded-facts.ts";
import { liveFacts } from "../../src/kernel/live-facts.ts";
import {
  CONFIGS,
  ENUMERATORS,
  FUNCTIONS,
  STRUCTS,
  SYMBOLS,
  TRACEPOINTS,
  TYPEDEFS,
} from "./recorded-names.ts";

const { values, positionals } = parseArgs({
  options: { directory: { type: "string" } },
  allowPositionals: true,
});
const [output] = positionals;
if (output === undefined) throw new Error("usage: record [--directory DIRECTORY] OUTPUT.json");

const facts = values.directory === undefined ? liveFacts() : factsFromKernelDirectory(values.directory);
const text = recordFacts(facts, {
  btfTypes: types(facts.btf),
  configs: CONFIGS,
  tracepoints: TRACEPOINTS.filter((name) => isKnown(`tracepoint ${name}`, () => format(facts, name))),
  symbols: SYMBOLS.filter((name) => isKnown(`symbol ${name}`, () => facts.hasSymbol(name))),
});
writeFileSync(output, text);
console.log(`${output}: ${facts.release}, ${Math.ceil(text.length / 1024)} KB`);

function types(btf: Btf): number[] {
  const ids = new Set<number>();
  const add = (id: number | undefined, name: string): void => {
    if (id === undefined) console.log(`this kernel has no ${name}`);
    else ids.add(id);
  };
  for (const name of STRUCTS) add(btf.find(["struct", "union"], name), `struct ${name}`);
  for (const name of TYPEDEFS) add(btf.find("typedef", name), `typedef ${name}`);
  for (const name of FUNCTIONS) add(btf.find("func", name), `function ${name}`);
  for (const name of ENUMERATORS) add(btf.enumerator(name)?.enumId, `enumerator ${name}`);
  return [...ids];
}

function format(of: KernelFacts, name: string): string | undefined {
  const [category = "", event = ""] = name.split(":");
  return of.tracepointFormat(category, event);
}

/** What this source of facts cannot answer is not recorded, so that asking for it stays an error. */
function isKnown(what: string, ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch (error) {
    if (!BpfError.is(error) || error.code !== "FACTS_MISSING") throw error;
    console.log(`not recorded: ${what}`);
    return false;
  }
}
