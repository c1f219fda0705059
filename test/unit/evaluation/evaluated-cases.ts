import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../../src/package-root.ts";

const CASES = packageFile("test", "cases", "evaluation");

export interface EvaluatedCase {
  readonly title: string;
  readonly script: string;
  /** What is printed on stdout, blank lines left out. */
  readonly printed: string;
}

/**
 * The cases under test/cases/evaluation: a script of begin and end blocks, and after "==>" what it prints, be it
 * evaluated in this process or run by the kernel.
 */
export function evaluatedCases(): EvaluatedCase[] {
  return readdirSync(CASES).flatMap((file) =>
    partsOf(file).map(([title, script, printed]) => ({ title: `${file}: ${title}`, script, printed })),
  );
}

/** Writes down what comes out. */
export function rewriteCases(printed: ReadonlyMap<string, string>): void {
  for (const file of readdirSync(CASES)) {
    const parts = partsOf(file).map(
      ([title, script, before]) => `## ${title}\n${script}==>\n${printed.get(`${file}: ${title}`) ?? before}`,
    );
    writeFileSync(join(CASES, file), parts.join(""));
  }
}

export function withoutBlankLines(text: string): string {
  return text.replace(/^\n+/gm, "");
}

function partsOf(file: string): (readonly [title: string, script: string, printed: string])[] {
  const text = readFileSync(join(CASES, file), "utf8");
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      const [script = "", printed = ""] = part.slice(end + 1).split("==>\n");
      return [part.slice(0, end), script, printed] as const;
    });
}
