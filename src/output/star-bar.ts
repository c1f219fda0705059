/** A bar of at most `width` stars for `count`, `width` of them for `highest`. */
export function starBar(count: number, highest: number, width: number): string {
  if (highest === 0) return "";
  return "*".repeat(Math.min(width, Math.max(0, Math.floor((width * count) / highest))));
}

/** Where the counts end: the index of the last that is not 0 (-1 if all are), and the highest count. */
export function extent(counts: readonly number[]): { last: number; highest: number } {
  return {
    last: counts.findLastIndex((count) => count > 0),
    highest: counts.reduce((highest, count) => Math.max(highest, count), 0),
  };
}

/** How a histogram is printed. */
export interface HistogramOptions {
  /** The unit above the intervals, for instance "usecs"; "value" by default. */
  readonly label?: string;
  /** Leave out the lines before the first count that is not 0. */
  readonly stripLeadingZeros?: boolean;
}

/** The counts of all slots in order; or slots with their counts in any order, as a table has them. */
export type HistogramCounts =
  | readonly (number | bigint)[]
  | Iterable<readonly [slot: number | bigint, count: number | bigint]>;

/** As many lines as bcc prints. */
const MOST_SLOTS = 1026;

/** Counts as numbers: those of 64 bits come as bigint, and a bar needs no more than 53 bits. */
export function plainCounts(slots: HistogramCounts): number[] {
  const counts: number[] = [];
  for (const each of slots) {
    if (typeof each !== "object") {
      counts.push(Number(each));
      continue;
    }
    const [slot, count] = each;
    const index = Number(slot);
    if (!(index >= 0 && index < MOST_SLOTS)) {
      if (Number(count) === 0) continue;
      throw new RangeError(`a histogram has no slot ${slot}: 0 to ${MOST_SLOTS - 1} are printed`);
    }
    while (counts.length <= index) counts.push(0);
    counts[index] = Number(count);
  }
  return counts;
}

/** The indices to print, from `first` to `last`. */
export function shownIndices(
  counts: readonly number[],
  first: number,
  last: number,
  strip: boolean | undefined,
): number[] {
  const start = strip === true ? counts.findIndex((count, index) => index >= first && count > 0) : first;
  return Array.from({ length: Math.max(0, last - start + 1) }, (_, index) => start + index);
}
