import { columns } from "./columns.ts";
import {
  extent,
  type HistogramCounts,
  type HistogramOptions,
  plainCounts,
  shownIndices,
  starBar,
} from "./star-bar.ts";

const BAR_WIDTH = 40;

/**
 * A histogram with one line for each slot, as text with bcc's layout: of a table, or of an array with the counts of its
 * slots. No counts give "".
 *
 * @throws RangeError for what is counted beyond slot 1025
 *
 * @example
 * console.log(linearHistogram(bpf.maps.slots, { label: "KiB" }));
 */
export function linearHistogram(
  slots: HistogramCounts,
  { label = "value", stripLeadingZeros }: HistogramOptions = {},
): string {
  const counts = plainCounts(slots);
  const { last, highest } = extent(counts);
  if (last < 0) return "";
  const header = columns("     %-13s : count     distribution", label);
  const lines = shownIndices(counts, 0, last, stripLeadingZeros).map((index) => {
    const count = counts[index] ?? 0;
    return columns(
      "        %-10d : %-8d |%-*s|",
      index,
      count,
      BAR_WIDTH,
      starBar(count, highest, BAR_WIDTH),
    );
  });
  return [header, ...lines, ""].join("\n");
}
