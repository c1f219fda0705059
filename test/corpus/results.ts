import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Compiled } from "./compile-texts.ts";
import type { CorpusKernel } from "./kernel-recording.ts";
import type { Loaded } from "./load-texts.ts";
import { SOURCE_DIRECTORY } from "./places.ts";

/** How far a text came; what stopped it is in the reasons. */
export type Stage = "recorded" | "compiled" | "loaded" | "attached";

export interface Result {
  readonly tool: string;
  readonly name: string;
  readonly stage: Stage;
  /** Each once: why it came no further. */
  readonly reasons: readonly string[];
}

/** By kernel: how many texts there are, and those that do not come to the end. */
export interface Expected {
  readonly texts: number;
  readonly stopped: Readonly<Record<string, readonly string[]>>;
}

const EXPECTED = join(SOURCE_DIRECTORY, "expected.json");

/** `loaded` belongs to the texts that compile, in their order. Undefined where nothing was loaded. */
export function resultsOf(
  compiled: readonly Compiled[],
  loaded: readonly Loaded[] | undefined,
  { isGuest }: CorpusKernel,
): Result[] {
  const rest = [...(loaded ?? [])];
  return compiled.map(({ text, built, error }): Result => {
    const about = { tool: text.run.tool, name: text.name };
    if (built === undefined) return { ...about, stage: "recorded", reasons: [error ?? ""] };
    const load = rest.shift();
    if (load === undefined) return { ...about, stage: "compiled", reasons: [] };
    if (load.loadError !== undefined) return { ...about, stage: "compiled", reasons: [load.loadError] };
    // This machine's kernel may have no kprobes: there, loading is all that is looked at.
    if (load.attachErrors.length === 0 || !isGuest) return { ...about, stage: "attached", reasons: [] };
    return { ...about, stage: "loaded", reasons: [...new Set(load.attachErrors)] };
  });
}

export function readExpected(): Record<string, Expected> {
  return JSON.parse(readFileSync(EXPECTED, "utf8")) as Record<string, Expected>;
}

export function writeExpected(expected: Record<string, Expected>): void {
  writeFileSync(EXPECTED, `${JSON.stringify(expected, null, 1)}\n`);
}

export function expectedOf(results: readonly Result[]): Expected {
  const stopped = results.filter(({ stage }) => stage !== "attached");
  return {
    texts: results.length,
    stopped: Object.fromEntries(stopped.map(({ name, stage, reasons }) => [name, [stage, ...reasons]])),
  };
}

/** What is other than it was: worse, or better and not written down. */
export function surprises(
  results: readonly Result[],
  expected: Expected | undefined,
  whole: boolean,
): string[] {
  if (expected === undefined) return ["nothing is written down of this kernel yet: --update does it"];
  const now = expectedOf(results);
  const lines = results.flatMap(({ name }) => {
    const [before, after] = [expected.stopped[name], now.stopped[name]].map(
      (stop) => stop?.join("; ") ?? "attached",
    );
    return before === after ? [] : [`${name}: ${after}\n    was expected: ${before}`];
  });
  if (whole && now.texts !== expected.texts) lines.push(`${now.texts} texts instead of ${expected.texts}`);
  return lines;
}
