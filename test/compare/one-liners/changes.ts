import type { Change } from "./one-liner.ts";

/** Spellings of bpftrace 0.17 that later versions have changed, whatever the program. */
const EVERYWHERE: readonly Change[] = [
  {
    of: /count (\d+), average (\d+), total (\d+)/g,
    to: "{ .count = $1, .average = $2, .total = $3 }",
    why: "stats() is shown as a record",
  },
];

/** In keys of maps; 0.17 has no bool. */
export const BOOLS: readonly Change[] = [
  { of: /^(@.*[[ ])1([\],].*)/gm, to: "$1true$2", why: "comparisons are bool" },
];

/** The text as a newer version spells it, and why each change was needed. */
export function applyChanges(text: string, own: readonly Change[]): { text: string; reasons: string[] } {
  const reasons: string[] = [];
  let changed = text;
  for (const { of, to, why } of [...EVERYWHERE, ...own]) {
    const next = changed.replace(of, to);
    if (next !== changed) reasons.push(why);
    changed = next;
  }
  return { text: changed, reasons: [...new Set(reasons)] };
}
