import type { ScriptMapValue, ScriptValue } from "../../values/script-value.ts";
import { divideValue } from "./divide-value.ts";
import { histogramRows } from "./histogram-rows.ts";
import { orderEntries } from "./order-entries.ts";
import { spellValue } from "./spell-value.ts";
import { timeSeriesChart } from "./time-series-chart.ts";

/** How a map is printed: how many entries, the largest, and what values are divided by. */
export interface MapPrinting {
  readonly top?: number | undefined;
  readonly divisor?: number | undefined;
}

/** A map as text: `@reads[bash, 1]: 2`, a line an entry; histograms and charts stand below their key. */
export function mapText(map: ScriptMapValue, { top, divisor }: MapPrinting = {}): string {
  return orderEntries(map, top)
    .map(({ keys, value }) => entryText(`${map.name}${keyText(map, keys)}`, divideValue(value, divisor)))
    .join("");
}

function entryText(head: string, value: ScriptValue): string {
  switch (value.kind) {
    case "hist":
    case "lhist":
      return `${head}:\n${histogramRows(value)}\n`;
    case "tseries":
      return `${head}:\n${timeSeriesChart(value)}\n`;
    default:
      return `${head}: ${spellValue(value)}\n`;
  }
}

function keyText({ keyed }: ScriptMapValue, keys: readonly ScriptValue[]): string {
  if (!keyed) return "";
  const [only, ...others] = keys;
  // A tuple that is the key shows as its parts, which is the same to who reads it.
  const parts = only?.kind === "tuple" && others.length === 0 ? only.items : keys;
  return `[${parts.map((key) => spellValue(key, "key")).join(", ")}]`;
}
