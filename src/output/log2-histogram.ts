import { columns } from "./columns.ts";
import {
  extent,
  type HistogramCounts,
  type HistogramOptions,
  plainCounts,
  shownIndices,
  starBar,
} from "./star-bar.ts";

/**
 * A histogram over powers of two, as text with bcc's layout: of a table, or of an array with the counts of its slots. Slot
 * i has what `bpf_log2l()` puts there: the values from 2^(i-1) to 2^i - 1. Slot 0 is not printed, as in bcc.
 * Intervals beyond 32 bits make the columns wider and the bars shorter. No counts give "".
 *
 * @example
 * console.log(log2Histogram(bpf.maps.slots, { label: "usecs", stripLeadingZeros: true }));
 */
export function log2Histogram(
  slots: HistogramCounts,
  { label = "value", stripLeadingZeros }: HistogramOptions = {},
): string {
  const counts = plainCounts(slots);
  const { last, highest } = extent(counts);
  if (last <= 0) return "";
  const wide = last > 32;
  const width = wide ? 20 : 40;
  const header = columns(
    wide ? `${" ".repeat(15)}%-29s : count     distribution` : "     %-19s : count     distribution",
    label,
  );
  const lines = shownIndices(counts, 1, last, stripLeadingZeros).map((index) => {
    const count = counts[index] ?? 0;
    const format = wide ? "%20d -> %-20d : %-8d |%-*s|" : "%10d -> %-10d : %-8d |%-*s|";
    return columns(
      format,
      lowest(index),
      (1n << BigInt(index)) - 1n,
      count,
      width,
      starBar(count, highest, width),
    );
  });
  return [header, ...lines, ""].join("\n");
}

/** The first interval is 0 to 1, since the logarithm does not tell these two apart. */
function lowest(index: number): bigint {
  return index === 1 ? 0n : 1n << BigInt(index - 1);
}
