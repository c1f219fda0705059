import { log2Histogram } from "./log2-histogram.ts";
import type { HistogramOptions } from "./star-bar.ts";

/** How several histograms are printed. */
export interface KeyedHistogramOptions<K> extends HistogramOptions {
  /** The line above a histogram, from one of its keys: one histogram for each different line. "" gives no line. */
  readonly title: (key: K) => string;
}

/**
 * The histograms of a table whose key is a struct with a member `slot`, one for each title, in the order in which
 * the titles come. No entries give "".
 *
 * @example
 * const title = ({ pid }: { pid: number }) => `pid = ${pid}`;
 * console.log(log2Histograms(bpf.maps.slotsByPid.entries(), { label: "usecs", title }));
 */
export function log2Histograms<K extends { readonly slot: number | bigint }>(
  entries: Iterable<readonly [K, number | bigint]>,
  { title, ...options }: KeyedHistogramOptions<K>,
): string {
  const byTitle = new Map<string, number[]>();
  for (const [key, count] of entries) {
    const name = title(key);
    const slots = byTitle.get(name) ?? [];
    byTitle.set(name, slots);
    const slot = Number(key.slot);
    while (slots.length <= slot) slots.push(0);
    slots[slot] = (slots[slot] ?? 0) + Number(count);
  }
  return [...byTitle]
    .map(([name, slots]) => `${name === "" ? "" : `\n${name}\n`}${log2Histogram(slots, options)}`)
    .join("");
}
