import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./places.ts";
import type { Result, Stage } from "./results.ts";

const DOCUMENT = join(ROOT, "docs", "bcc-compat.md");
const BEGIN = "<!-- made by npm run corpus -- --update -->";
const END = "<!-- end -->";
const STAGES: readonly Stage[] = ["recorded", "compiled", "loaded", "attached"];
const REASONS_A_ROW = 3;

/** The kernels of which only the compiler was asked. */
function onlyCompiled(results: readonly Result[]): boolean {
  return !results.some(
    ({ stage, reasons }) => reached(stage, "loaded") || (stage === "compiled" && reasons.length > 0),
  );
}

/** Writes the table of tools into docs/bcc-compat.md. */
export function writeReport(results: ReadonlyMap<string, readonly Result[]>): void {
  const text = readFileSync(DOCUMENT, "utf8");
  const [before = text] = text.split(BEGIN);
  const after = text.split(END)[1] ?? "\n";
  writeFileSync(DOCUMENT, `${before.trimEnd()}\n\n${BEGIN}\n${table(results)}\n${END}${after}`);
}

function table(results: ReadonlyMap<string, readonly Result[]>): string {
  const kernels = [...results.keys()];
  const tools = [...new Set([...results.values()].flat().map(({ tool }) => tool))].sort();
  const last = kernels.map(
    (kernel): Stage => (onlyCompiled(results.get(kernel) ?? []) ? "compiled" : "attached"),
  );
  const heads = ["tool", "texts", ...kernels, "what stops the rest"];
  const rows = tools.map((tool) => {
    const own = kernels.map((kernel) => (results.get(kernel) ?? []).filter((result) => result.tool === tool));
    const most = Math.max(...own.map((list) => list.length));
    const cells = own.map((list, i) => cell(list, last[i] ?? "attached"));
    return [tool, String(most), ...cells, reasonsOf(own.flat())];
  });
  const lines = [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  const totals = kernels
    .map((kernel, i) => `${kernel}: ${cell(results.get(kernel) ?? [], last[i] ?? "attached")}`)
    .join("; ");
  return `${lines.join("\n")}\n\nAll together, ${totals}.`;
}

/** "12/12/10": how many compile, load, and are attached; fewer numbers where less was tried. */
function cell(results: readonly Result[], last: Stage): string {
  if (results.length === 0) return "–";
  const counts = STAGES.slice(1, STAGES.indexOf(last) + 1).map(
    (stage) => results.filter((r) => reached(r.stage, stage)).length,
  );
  if (last === "compiled") return counts.join();
  return counts.every((count) => count === results.length) ? "all" : counts.join("/");
}

function reached(stage: Stage, wanted: Stage): boolean {
  return STAGES.indexOf(stage) >= STAGES.indexOf(wanted);
}

function reasonsOf(results: readonly Result[]): string {
  const short = [...new Set(results.flatMap(({ reasons }) => reasons).map(shortReason))];
  const rest = short.length - REASONS_A_ROW;
  const shown = rest > 0 ? [...short.slice(0, REASONS_A_ROW), `${rest} more`] : short;
  return shown.join("; ").replaceAll("|", "\\|");
}

/** Without the code, the place in the text, and what repeats in every row. */
function shortReason(reason: string): string {
  return reason
    .replace(/^[A-Z_]+: /, "")
    .replace(/^corpus\.c:\d+(?::\d+)?: /, "")
    .replace(
      /^cannot attach (?:an? )?(\w+) to (\S+?): (?:the kernel's BTF has no such|there is no such) function.*/,
      "no $2",
    )
    .replace(/^cannot attach (?:an? )?(\w+) to (\S+): it is not traceable.*/, "$2 is inlined")
    .replace(/^cannot attach to the raw tracepoint (\S+): there is no such tracepoint/, "no tracepoint $1")
    .replace(/^cannot attach to the raw tracepoint (\S+): .*more arguments.*/, "$1 has fewer arguments")
    .replace(/^cannot attach to (\S+:\S+): .*/, "no $1");
}
