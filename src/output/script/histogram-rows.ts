import { type Bucket, type HistogramValue, histogramBuckets } from "./histogram-buckets.ts";

const BAR_WIDTH = 52;
const KIBI = 1024n;
const SUFFIXES = ["", "K", "M", "G", "T", "P", "E"];

/** A histogram with a line for each bucket, each line with its line end. */
export function histogramRows(value: HistogramValue): string {
  const buckets = histogramBuckets(value);
  const highest = Number(buckets.reduce((most, { count }) => (count > most ? count : most), 0n));
  return buckets
    .map((bucket) => {
      const bar = "@".repeat(barLength(Number(bucket.count), highest));
      return `${label(bucket, value).padEnd(16)}${String(bucket.count).padStart(8)} |${bar.padEnd(BAR_WIDTH)}|\n`;
    })
    .join("");
}

/** In single precision, as bars have always been scaled: a double rounds some of them otherwise. */
function barLength(count: number, highest: number): number {
  return Math.trunc(Math.fround(Math.fround(Math.fround(count) / Math.fround(highest)) * BAR_WIDTH));
}

/** Of powers of two, a bucket of one number is that number; linear ones are ranges, however small. */
function label({ low, high }: Bucket, value: HistogramValue): string {
  const short = (number: bigint) =>
    value.kind === "hist" ? ofPower(number, value.bits) : ofStep(number, value.step);
  if (low === undefined) return `(..., ${short(high ?? 0n)})`;
  if (high === undefined) return `[${short(low)}, ...)`;
  return value.kind === "hist" && high === low + 1n ? `[${short(low)}]` : `[${short(low)}, ${short(high)})`;
}

/** By how wide the bucket is that begins there: 2048 is 2K, or 2048 where each power of two has eight buckets. */
function ofPower(number: bigint, bits: number): string {
  const power = Math.max(0, number.toString(2).length - 1 - bits);
  const decade = Math.trunc(power / 10);
  return `${number >> BigInt(10 * decade)}${SUFFIXES[decade]}`;
}

/** Only steps of whole kibibytes are written short. */
function ofStep(number: bigint, step: bigint): string {
  if (step % KIBI !== 0n || number === 0n) return String(number);
  if (number % (KIBI * KIBI) === 0n) return `${number / (KIBI * KIBI)}M`;
  return number % KIBI === 0n ? `${number / KIBI}K` : String(number);
}
