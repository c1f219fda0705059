import type { AggregateLayout } from "../program/value-layout.ts";
import type { AggregateValue } from "./script-value.ts";

type TimeSeries = Extract<AggregateLayout, { kind: "tseries" }>;

/**
 * What all CPUs have summed up together. Each has, at its offset, words of 64 bits:
 *
 * - count, sum: the number
 * - min, max: the number, and 1 once there is one
 * - avg, stats: how many numbers, and their sum
 * - hist, lhist: a count for each bucket
 * - tseries: for each interval one more than its number on the boot clock (0 for none), how many numbers are in
 *   it, the value, and the time of the last one
 *
 * The points of a time series are in time of the boot clock, too.
 */
export function mergeAggregate(
  layout: AggregateLayout,
  view: DataView,
  offsets: readonly number[],
  size: number,
): AggregateValue {
  const unsigned = (offset: number, word: number) => view.getBigUint64(offset + word * 8, true);
  const signed = (offset: number, word: number) => view.getBigInt64(offset + word * 8, true);
  const number = "signed" in layout && layout.signed ? signed : unsigned;
  const sum = (read: typeof unsigned, word: number) =>
    offsets.reduce((total, offset) => total + read(offset, word), 0n);
  switch (layout.kind) {
    case "count":
      return { kind: "count", value: sum(unsigned, 0), signed: false };
    case "sum": {
      const total = sum(number, 0);
      const value = layout.signed ? BigInt.asIntN(64, total) : BigInt.asUintN(64, total);
      return { kind: "sum", value, signed: layout.signed };
    }
    case "min":
    case "max": {
      const seen = offsets.filter((offset) => unsigned(offset, 1) !== 0n).map((offset) => number(offset, 0));
      const value = seen.reduce((a, b) => (a < b === (layout.kind === "min") ? a : b), seen[0] ?? 0n);
      return { kind: layout.kind, value, signed: layout.signed };
    }
    case "avg":
    case "stats":
      return { kind: layout.kind, count: sum(unsigned, 0), total: sum(number, 1), signed: layout.signed };
    case "hist":
      return { kind: "hist", bits: layout.bits, counts: buckets(size, (word) => sum(unsigned, word)) };
    case "lhist": {
      const [min, max, step] = [BigInt(layout.min), BigInt(layout.max), BigInt(layout.step)];
      return { kind: "lhist", min, max, step, counts: buckets(size, (word) => sum(unsigned, word)) };
    }
    case "tseries":
      return mergeSeries(layout, view, offsets);
  }
}

function buckets(size: number, count: (word: number) => bigint): bigint[] {
  return Array.from({ length: size / 8 }, (_, word) => count(word));
}

interface Interval {
  value: bigint;
  count: bigint;
  time: bigint;
}

const INTERVAL_BYTES = 32;
/** Before all times, so that any later value takes its place. */
const NOTHING: Interval = { value: 0n, count: 0n, time: 0n };

function mergeSeries(layout: TimeSeries, view: DataView, offsets: readonly number[]): AggregateValue {
  const found = new Map<bigint, Interval>();
  for (const offset of offsets) {
    for (let index = 0; index < layout.intervals; index++) {
      const at = offset + index * INTERVAL_BYTES;
      const number = view.getBigUint64(at, true);
      if (number === 0n) continue;
      const one = {
        count: view.getBigUint64(at + 8, true),
        value: layout.signed ? view.getBigInt64(at + 16, true) : view.getBigUint64(at + 16, true),
        time: view.getBigUint64(at + 24, true),
      };
      const earlier = found.get(number - 1n);
      const before = earlier ?? (layout.how === "last" ? NOTHING : undefined);
      found.set(number - 1n, before === undefined ? one : join(layout.how, before, one));
    }
  }
  return {
    kind: "tseries",
    signed: layout.signed,
    how: layout.how,
    intervalNs: BigInt(layout.intervalNs),
    points: points(layout, found),
  };
}

function join(how: TimeSeries["how"], a: Interval, b: Interval): Interval {
  const [count, time] = [a.count + b.count, a.time > b.time ? a.time : b.time];
  switch (how) {
    case "last":
      return b.time > a.time ? b : a;
    case "min":
      return { value: a.value < b.value ? a.value : b.value, count, time };
    case "max":
      return { value: a.value > b.value ? a.value : b.value, count, time };
    default:
      return { value: a.value + b.value, count, time };
  }
}

/** The intervals from the first to the last, as many as are asked for; those between them without values too. */
function points(layout: TimeSeries, found: ReadonlyMap<bigint, Interval>) {
  const numbers = [...found.keys()].sort((a, b) => (a < b ? -1 : 1));
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === undefined || last === undefined) return [];
  const earliest = last - BigInt(layout.intervals) + 1n;
  const from = first > earliest ? first : earliest;
  const intervalNs = BigInt(layout.intervalNs);
  return Array.from({ length: Number(last - from) + 1 }, (_, index) => {
    const number = from + BigInt(index);
    const interval = found.get(number);
    const divided =
      layout.how === "avg" && interval !== undefined ? interval.value / interval.count : interval?.value;
    return { start: number * intervalNs, value: divided };
  });
}
