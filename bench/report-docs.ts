import { readFileSync, writeFileSync } from "node:fs";
import { packageFile } from "../src/package-root.ts";
import { ratioChart } from "./report-svg.ts";
import { textTable } from "./report-text.ts";
import type { Row } from "./rows.ts";

/** What a run of the benchmark has found out. */
export interface Report {
  readonly machine: readonly string[];
  /** The day, and what else the machine did. */
  readonly when: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly skipped: readonly string[];
}

const BEGIN = "<!-- bench: written by npm run bench -- --docs -->";
const END = "<!-- /bench -->";

/** Writes docs/bench.json and docs/bench.svg, and the part of docs/performance.md between the marks. */
export function writeDocs(report: Report): void {
  const page = packageFile("docs", "performance.md");
  const text = readFileSync(page, "utf8");
  const [before, rest] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || rest < before) throw new Error(`${page} has no part between ${BEGIN} and ${END}`);
  writeFileSync(page, `${text.slice(0, before)}${BEGIN}\n${section(report)}\n${text.slice(rest)}`);
  writeFileSync(packageFile("docs", "bench.json"), `${JSON.stringify(report, undefined, 2)}\n`);
  const caption = `cost of bcc-ts divided by the peer's: less than 1 is better (${report.when})`;
  writeFileSync(packageFile("docs", "bench.svg"), ratioChart(report.rows, caption));
}

function section({ machine, when, rounds, rows, skipped }: Report): string {
  return [
    ...machine,
    "",
    `${when}; medians of ${rounds} rounds in turns, and their range; \`ratio\` is ours divided by the peer's.`,
    "",
    "```",
    textTable(rows),
    ...skipped,
    "```",
    "",
    "![The ratios](bench.svg)",
  ].join("\n");
}
