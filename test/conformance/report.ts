import type { CaseResult } from "./run-case.ts";

type Outcome = CaseResult["outcome"];
type Counts = Record<Outcome, number>;

export interface Report extends Counts {
  readonly suites: Readonly<Record<string, Counts>>;
  readonly cases: readonly CaseResult[];
}

const MARK: Readonly<Record<Outcome, string>> = { passed: "ok  ", failed: "FAIL", skipped: "skip" };

/** One case as it is told while the others still run. */
export function caseLine({ suite, name, tier, outcome, reason, output, seconds }: CaseResult): string {
  const head = `${MARK[outcome]} ${suite}.${name} (tier ${tier}, ${seconds.toFixed(1)} s)`;
  if (reason === undefined) return head;
  const shown = outcome === "failed" && output !== undefined ? indented(output) : "";
  return `${head}: ${reason}${shown}`;
}

/** Counts by suite, and all results. */
export function makeReport(cases: readonly CaseResult[]): Report {
  const suites: Record<string, Counts> = {};
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { suite, outcome } of cases) {
    suites[suite] ??= { passed: 0, failed: 0, skipped: 0 };
    suites[suite][outcome]++;
    total[outcome]++;
  }
  return { ...total, suites, cases };
}

/** The counts as a table, suite by suite. */
export function summary({ suites, ...total }: Report): string {
  const rows = [...Object.entries(suites).sort(([a], [b]) => (a < b ? -1 : 1)), ["all", total] as const];
  const line = ([name, { passed, failed, skipped }]: readonly [string, Counts]) =>
    `${name.padEnd(16)} ${String(passed).padStart(4)} passed ${String(failed).padStart(4)} failed ${String(skipped).padStart(4)} skipped`;
  return rows.map(line).join("\n");
}

const MOST_LINES = 12;

function indented(output: string): string {
  const lines = output.trimEnd().split("\n");
  const more = lines.length > MOST_LINES ? [`(${lines.length - MOST_LINES} more lines)`] : [];
  return [...lines.slice(0, MOST_LINES), ...more].map((line) => `\n       | ${line}`).join("");
}
