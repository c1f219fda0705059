import { columns } from "./columns.ts";
import { extent, type HistogramOptions, plainCounts, shownIndices, starBar } from "./star-bar.ts";

const BAR_WIDTH = 40;

/**
 * A histogram with one line for each slot, as text with bcc's layout. No counts give "".
 *
 * @example
 * console.log(linearHistogram([...bpf.maps.slots.values()], { label: "KiB" }));
 */
export function linearHistogram(
  slots: readonly (number | bigint)[],
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
