import type { AggregateValue } from "../../values/script-value.ts";

export type HistogramValue = Extract<AggregateValue, { kind: "hist" | "lhist" }>;

/** From `low` to below `high`; without one of them it is open there. */
export interface Bucket {
  readonly low: bigint | undefined;
  readonly high: bigint | undefined;
  readonly count: bigint;
}

/** The buckets from the first to the last that are not empty. */
export function histogramBuckets(value: HistogramValue): Bucket[] {
  const { counts } = value;
  const first = counts.findIndex((count) => count > 0n);
  const last = counts.findLastIndex((count) => count > 0n);
  if (first < 0) return [];
  const bounds = value.kind === "hist" ? powerBounds(value.bits) : linearBounds(value);
  return counts.slice(first, last + 1).map((count, at) => ({ ...bounds(first + at), count }));
}

type Bounds = (index: number) => { readonly low: bigint | undefined; readonly high: bigint | undefined };

function powerBounds(bits: number): Bounds {
  const parts = 1 << bits;
  return (index) => {
    if (index === 0) return { low: undefined, high: 0n };
    if (index <= parts) return { low: BigInt(index - 1), high: BigInt(index) };
    const at = index - parts - 1;
    const power = bits + Math.floor(at / parts);
    const width = 1n << BigInt(power - bits);
    const low = (1n << BigInt(power)) + BigInt(at % parts) * width;
    return { low, high: low + width };
  };
}

function linearBounds({ min, max, step, counts }: Extract<HistogramValue, { kind: "lhist" }>): Bounds {
  return (index) => {
    if (index === 0) return { low: undefined, high: min };
    if (index === counts.length - 1) return { low: max, high: undefined };
    const low = min + BigInt(index - 1) * step;
    return { low, high: low + step };
  };
}
