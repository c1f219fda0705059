import { integerOperation } from "../program/integer-operations.ts";
import type { Aggregate } from "../program/types.ts";

/** What a map has summed up for one key: words of 64 bits, which mean what mergeAggregate() says. */
export type Words = BigUint64Array;

type Series = Extract<Aggregate, { kind: "tseries" }>;

/** A number that is to be summed up, with the sign of its type. */
export interface Given {
  readonly value: bigint;
  readonly signed: boolean;
}

/**
 * Adds a number to what is there. `aggregate` is the statement's; the map's own tells whether its numbers have signs.
 * `now` is the time series' clock.
 */
export function sumUp(
  words: Words,
  aggregate: Aggregate,
  { value, signed }: Given,
  mapSigned: boolean,
  now: () => bigint,
): void {
  const add = (word: number, by: bigint) => {
    words[word] = BigInt.asUintN(64, (words[word] ?? 0n) + by);
  };
  switch (aggregate.kind) {
    case "count":
      add(0, 1n);
      break;
    case "sum":
      add(0, value);
      break;
    case "avg":
    case "stats":
      add(0, 1n);
      add(1, value);
      break;
    case "min":
    case "max":
      if (words[1] === 0n || isBetter(aggregate.kind, value, words[0] ?? 0n, mapSigned)) {
        words[0] = BigInt.asUintN(64, value);
        words[1] = 1n;
      }
      break;
    case "hist":
      add(powerBucket(value, aggregate.bits, signed), 1n);
      break;
    case "lhist":
      add(linearBucket(BigInt.asIntN(64, value), aggregate), 1n);
      break;
    case "tseries":
      intoSeries(words, aggregate, value, mapSigned, now());
  }
}

function isBetter(kind: "min" | "max", value: bigint, than: bigint, signed: boolean): boolean {
  const operator = kind === "min" ? "<" : ">";
  return integerOperation(operator, value, than, { signed, shiftsSign: signed }) === 1n;
}

/** Which count of a histogram a number belongs to; see AggregateValue. */
function powerBucket(value: bigint, bits: number, signed: boolean): number {
  if (signed && value < 0n) return 0;
  const number = BigInt.asUintN(64, value);
  const parts = 1 << bits;
  if (number < BigInt(parts)) return 1 + Number(number);
  const power = number.toString(2).length - 1;
  const part = Number((number >> BigInt(power - bits)) - BigInt(parts));
  return 1 + parts + (power - bits) * parts + part;
}

function linearBucket(value: bigint, { min, max, step }: Extract<Aggregate, { kind: "lhist" }>): number {
  if (value < min) return 0;
  const last = (max - min) / step + 1n;
  return Number(value >= max ? last : (value - min) / step + 1n);
}

/** An interval has four words: its number, how many values, what they come to, and when the last came. */
function intoSeries(words: Words, series: Series, value: bigint, signed: boolean, now: bigint): void {
  const epoch = now / series.intervalNs + 1n;
  const at = 4 * Number(epoch % BigInt(series.intervals));
  const slot = words.subarray(at, at + 4);
  if (slot[0] !== epoch) slot.set([epoch, 0n, 0n, 0n]);
  const [, count = 0n, before = 0n] = slot;
  const takes = series.how === "last" || (series.how !== "sum" && series.how !== "avg" && count === 0n);
  const kept =
    series.how === "sum" || series.how === "avg"
      ? before + value
      : takes || isBetter(series.how as "min" | "max", value, before, signed)
        ? value
        : before;
  slot.set([epoch, count + 1n, BigInt.asUintN(64, kept), now]);
}

/** What was summed up as one number, for those that are one; its sign is the map's. */
export function summedNumber(words: Words, aggregate: Aggregate, signed: boolean): bigint {
  const [first = 0n, second = 0n] = words;
  if (aggregate.kind !== "avg" && aggregate.kind !== "stats") return first;
  return integerOperation("/", second, first, { signed, shiftsSign: signed }) ?? 0n;
}
