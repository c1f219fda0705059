import { type Bucket, type HistogramValue, histogramBuckets } from "./histogram-buckets.ts";

const BAR_WIDTH = 52;
const SUFFIXES = ["", "K", "M", "G", "T"];

/** A histogram with a line for each bucket, each line with its line end. */
export function histogramRows(value: HistogramValue): string {
  const buckets = histogramBuckets(value);
  const highest = Number(buckets.reduce((most, { count }) => (count > most ? count : most), 0n));
  return buckets
    .map((bucket) => {
      const { kind } = value;
      const bar = "@".repeat(barLength(Number(bucket.count), highest));
      return `${label(bucket, kind).padEnd(16)}${String(bucket.count).padStart(8)} |${bar.padEnd(BAR_WIDTH)}|\n`;
    })
    .join("");
}

/** In single precision, as bars have always been scaled: a double rounds some of them otherwise. */
function barLength(count: number, highest: number): number {
  return Math.trunc(Math.fround(Math.fround(Math.fround(count) / Math.fround(highest)) * BAR_WIDTH));
}

/** Of powers of two, a bucket of one number is that number; linear ones are ranges, however small. */
function label({ low, high }: Bucket, kind: HistogramValue["kind"]): string {
  if (low === undefined) return `(..., ${short(high ?? 0n)})`;
  if (high === undefined) return `[${short(low)}, ...)`;
  return kind === "hist" && high === low + 1n ? `[${short(low)}]` : `[${short(low)}, ${short(high)})`;
}

/** 2048 is 2K; what is no multiple of 1024 stays as it is. */
function short(number: bigint): string {
  let rest = number;
  let power = 0;
  while (rest !== 0n && rest % 1024n === 0n && power < SUFFIXES.length - 1) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${SUFFIXES[power]}`;
}
