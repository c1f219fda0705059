import type { Result } from "./contest.ts";
import type { Row, Spread } from "./rows.ts";

/** The table as text; `ratio` is ours divided by the peer's. */
export function textTable(rows: readonly Row[]): string {
  const head = ["", "unit", "bcc-ts", "min-max", "peer", "", "min-max", "ratio"];
  const lines = rows.map(({ title, unit, ours, peer }, index) => [
    rows[index - 1]?.title === title ? "" : title,
    unit,
    short(ours.median),
    range(ours),
    peer?.name ?? "-",
    peer === undefined ? "-" : short(peer.cost.median),
    peer === undefined ? "-" : range(peer.cost),
    ratioOf(peer?.ratio),
  ]);
  const table = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const left = [true, true, false, false, true, false, false, false];
  const cell = (text: string, column: number) =>
    left[column] ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return table.map((line) => line.map(cell).join("  ").trimEnd()).join("\n");
}

/** Who did not take part. */
export function skippedLines(results: readonly Result[]): string[] {
  const lines = results.flatMap(({ work, skipped }) =>
    skipped.map(({ name, reason }) => `skipped: ${work.name}: ${name}: ${reason}`),
  );
  return [...new Set(lines)];
}

export function ratioOf(ratio: number | undefined): string {
  return ratio === undefined || !Number.isFinite(ratio) ? "-" : ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

function range({ min, max }: Spread): string {
  return `${short(min)}-${short(max)}`;
}

/** Three digits are what such numbers are good for. */
function short(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value === 0 ? "0" : value.toFixed(value >= 10 ? 1 : 2);
}
