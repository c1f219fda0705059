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
  return [...slotsByTitle(entries, title)]
    .map(([name, slots]) => `${name === "" ? "" : `\n${name}\n`}${log2Histogram(slots, options)}`)
    .join("");
}

/** A histogram as data, in the words of bcc's print_json_hist. */
export interface HistogramData {
  readonly title: string;
  readonly val_type: string;
  readonly data: readonly {
    readonly "interval-start": number;
    readonly "interval-end": number;
    readonly count: number;
  }[];
}

/**
 * The histograms that log2Histograms() would print, as data for ndjsonLine(): up to the last interval that is not empty.
 *
 * @example
 * const title = ({ pid }: { pid: number }) => `pid = ${pid}`;
 * for (const each of log2HistogramData(bpf.maps.slotsByPid.entries(), { label: "usecs", title })) {
 *   process.stdout.write(ndjsonLine(each));
 * }
 */
export function log2HistogramData<K extends { readonly slot: number | bigint }>(
  entries: Iterable<readonly [K, number | bigint]>,
  { title, label = "value" }: KeyedHistogramOptions<K>,
): HistogramData[] {
  return Array.from(slotsByTitle(entries, title), ([name, slots]) => {
    const data = slots.map((count, slot) => {
      const start = slot <= 1 ? 0 : 2 ** (slot - 1);
      return { "interval-start": start, "interval-end": 2 ** slot - 1, count };
    });
    return { title: name, val_type: label, data: data.slice(1) };
  });
}

function slotsByTitle<K extends { readonly slot: number | bigint }>(
  entries: Iterable<readonly [K, number | bigint]>,
  title: (key: K) => string,
): Map<string, number[]> {
  const byTitle = new Map<string, number[]>();
  for (const [key, count] of entries) {
    const name = title(key);
    const slots = byTitle.get(name) ?? [];
    byTitle.set(name, slots);
    const slot = Number(key.slot);
    while (slots.length <= slot) slots.push(0);
    slots[slot] = (slots[slot] ?? 0) + Number(count);
  }
  return byTitle;
}
