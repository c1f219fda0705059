import type { ScriptMapValue, ScriptValue } from "../../values/script-value.ts";
import { average } from "./spell-value.ts";

export type MapEntry = ScriptMapValue["entries"][number];

/**
 * The entries as they are printed: maps of numbers by their values, histograms by all that they counted, others
 * by their keys; the largest last. `top` keeps the last ones.
 */
export function orderEntries({ entries }: ScriptMapValue, top?: number): MapEntry[] {
  const sorted = entries
    .map((entry) => ({ entry, weight: weight(entry.value) }))
    .sort((a, b) => order(a.weight, b.weight) || compareAll(a.entry.keys, b.entry.keys))
    .map(({ entry }) => entry);
  return top === undefined || top === 0 ? sorted : sorted.slice(-top);
}

function weight(value: ScriptValue): bigint {
  switch (value.kind) {
    case "integer":
    case "count":
    case "sum":
    case "min":
    case "max":
      return value.value;
    case "avg":
    case "stats":
      return average(value);
    case "hist":
    case "lhist":
      return value.counts.reduce((sum, count) => sum + count, 0n);
    default:
      return 0n;
  }
}

function compareAll(a: readonly ScriptValue[], b: readonly ScriptValue[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    const result = right === undefined ? 1 : compare(left, right);
    if (result !== 0) return result;
  }
  return a.length - b.length;
}

function compare(a: ScriptValue, b: ScriptValue): number {
  if ("items" in a && "items" in b) return compareAll(a.items, b.items);
  if (a.kind === "record" && b.kind === "record") {
    const values = (record: typeof a) => record.fields.map(([, value]) => value);
    return compareAll(values(a), values(b));
  }
  if (a.kind === "string" && b.kind === "string") return order(a.value, b.value);
  if (a.kind === "buffer" && b.kind === "buffer") return Buffer.compare(a.value, b.value);
  if (a.kind === "spelled" && b.kind === "spelled") return order(a.value, b.value) || order(a.text, b.text);
  if (a.kind === "stack" && b.kind === "stack") return compareStacks(a, b);
  return order(plain(a), plain(b));
}

function compareStacks(a: Extract<ScriptValue, { kind: "stack" }>, b: typeof a): number {
  for (const [at, { address }] of a.frames.entries()) {
    const result = order(address, b.frames[at]?.address ?? 0n);
    if (result !== 0) return result;
  }
  return a.frames.length - b.frames.length;
}

function plain(value: ScriptValue): bigint {
  if (value.kind === "integer" || value.kind === "pointer") return value.value;
  return value.kind === "boolean" && value.value ? 1n : 0n;
}

function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
