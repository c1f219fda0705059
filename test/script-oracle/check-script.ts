import { SourceError } from "../../src/source/source-error.ts";
import type { Numbers } from "../fuzz/mutate.ts";
import { randomNumbers } from "../unit/btf/random.ts";
import { BLOCK_END, type RandomScript } from "./random-script.ts";
import { type Difference, runBoth } from "./run-both.ts";
import { smaller, type Tree, textOf } from "./tree.ts";

type Lines = RandomScript["lines"];

/** What was compared. */
export interface Checked {
  readonly cases: number;
  /** Cases that the language refuses. */
  readonly refused: number;
}

/** How often a script that shows a difference is tried with less in it. */
const MOST_TRIES = 300;

/** How many scripts are compiled at a time: the kernel's side of one waits for clang most of the time. */
const LANES = 2;

/** Checks scripts of the seed and of those after it until there are enough cases. */
export async function checkSeeds(
  make: (random: Numbers) => RandomScript,
  seed: number,
  least: number,
  onChecked: (sum: Checked) => void = () => {},
): Promise<Checked> {
  let sum: Checked = { cases: 0, refused: 0 };
  let next = seed;
  const lane = async () => {
    while (sum.cases < least) {
      const { cases, refused } = await checkSeed(make, next++);
      sum = { cases: sum.cases + cases, refused: sum.refused + refused };
      onChecked(sum);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return sum;
}

async function checkSeed(make: (random: Numbers) => RandomScript, seed: number): Promise<Checked> {
  try {
    return await checkScript(make(randomNumbers(seed)));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`BCC_TS_SEED=${seed}: ${message}`, { cause: error });
  }
}

/** Runs a script both ways. Throws with the smallest script found that tells something else. */
export async function checkScript(script: RandomScript): Promise<Checked> {
  const { lines, result } = await withoutRefused(script);
  const [all, left] = [script.lines, lines].map((some) => cases(some).length);
  if (result.difference === undefined) {
    return { cases: (left ?? 0) * script.rows, refused: ((all ?? 0) - (left ?? 0)) * script.rows };
  }
  throw new Error(await report(lines, script.environment, result.difference));
}

/** Runs the script without the lines that the compiler finds fault with. */
async function withoutRefused({ lines, environment }: RandomScript) {
  let left = lines;
  for (;;) {
    try {
      return { lines: left, result: await runBoth(scriptText(left), environment) };
    } catch (error) {
      if (!(error instanceof SourceError))
        throw new Error(`${scriptText(left)}\n${told(error)}`, { cause: error });
      const wrong = new Set(
        error.diagnostics
          .filter(({ severity }) => severity === "error")
          .map(({ source, span }) => source.position(span.start).line - 1),
      );
      const kept = left.filter((line, i) => typeof line === "string" || !wrong.has(i));
      if (kept.length === left.length)
        throw new Error(`${scriptText(left)}\n${told(error)}`, { cause: error });
      left = kept;
    }
  }
}

function told(error: unknown): string {
  return error instanceof Error && "format" in error
    ? String((error as { format(): string }).format())
    : String(error);
}

async function report(
  lines: Lines,
  environment: RandomScript["environment"],
  first: Difference,
): Promise<string> {
  const { lines: least, difference } = await shrink(lines, environment, first);
  return [
    "the kernel and the evaluation differ:",
    scriptText(least),
    ...Object.entries(environment).map(([name, value]) => `with ${name}=${value}`),
    `kernel:     ${difference.kernel}`,
    `evaluation: ${difference.evaluated}`,
  ].join("\n");
}

/** Leaves out lines, then parts of lines, as long as there is a difference. */
async function shrink(lines: Lines, environment: RandomScript["environment"], first: Difference) {
  let least = { lines, difference: first };
  let tries = 0;
  const differs = async (some: Lines): Promise<boolean> => {
    if (tries++ > MOST_TRIES) return false;
    const found = await runBoth(scriptText(some), environment).catch(() => undefined);
    if (found?.difference === undefined) return false;
    least = { lines: some, difference: found.difference };
    return true;
  };
  for (
    let size = Math.ceil(cases(lines).length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < cases(least.lines).length; ) {
      const gone = new Set(cases(least.lines).slice(at, at + size));
      if (!(await differs(least.lines.filter((line) => typeof line === "string" || !gone.has(line)))))
        at += size;
    }
  }
  await differs(withoutEmptyBlocks(least.lines));
  while (await oneSmaller(least.lines, differs));
  return least;
}

/** A block's head and end with nothing between them. */
function withoutEmptyBlocks(lines: Lines): Lines {
  return lines.filter((line, i) => {
    const [before, after] = [lines[i - 1], lines[i + 1]];
    if (typeof line !== "string") return true;
    return (
      !(after === BLOCK_END && line.startsWith("begin")) &&
      !(line === BLOCK_END && typeof before === "string")
    );
  });
}

async function oneSmaller(lines: Lines, differs: (lines: Lines) => Promise<boolean>): Promise<boolean> {
  for (const [i, line] of lines.entries()) {
    if (typeof line === "string") continue;
    for (const less of smaller(line)) if (await differs(lines.with(i, less))) return true;
  }
  return false;
}

function cases(lines: Lines): Tree[] {
  return lines.filter((line) => typeof line !== "string" && line.kind === "case") as Tree[];
}

function scriptText(lines: Lines): string {
  return lines.map((line) => (typeof line === "string" ? line : textOf(line))).join("\n");
}
