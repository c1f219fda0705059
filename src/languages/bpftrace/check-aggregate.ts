import type { Value } from "../../program/tir.ts";
import type { Aggregate } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckSmallCalls } from "./check-small-calls.ts";
import { typeName } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

export const AGGREGATES: ReadonlySet<string> = new Set([
  "count",
  "sum",
  "min",
  "max",
  "avg",
  "stats",
  "hist",
  "lhist",
  "tseries",
]);
const LONGEST_SERIES = 1000n;
const MOST_BUCKETS = 1000n;

/** Aggregates: what is assigned to a map to be summed up there. */
export abstract class CheckAggregates extends CheckSmallCalls {
  override aggregate({
    name,
    arguments: args,
    span,
  }: CallExpression): { aggregate: Aggregate; value: Value | undefined } | undefined {
    if (!AGGREGATES.has(name)) return undefined;
    if (name === "count") {
      if (args.length > 0) this.error("count() takes no arguments", span);
      return { aggregate: { kind: "count" }, value: undefined };
    }
    const [first] = args;
    if (first === undefined) {
      this.error(`${name}() requires at least one argument`, span);
      return undefined;
    }
    const value = this.value(first);
    if (!isNumber(value.type) && value.type.kind !== "none") {
      this.error(`${name}() only supports integer arguments (${typeName(value.type)} provided)`, value.span);
    }
    const signed = value.type.kind === "integer" && value.type.signed;
    switch (name) {
      case "sum":
      case "min":
      case "max":
      case "avg":
      case "stats":
        if (args.length > 1) this.error(`${name}() takes one argument`, span);
        return { aggregate: { kind: name, signed }, value };
      case "hist": {
        const bits = this.literalNumber(args[1], 0n, "hist() needs a literal as its second argument");
        if (bits < 0n || bits > 5n) this.error(`hist() bits parameter must be 0..5`, span);
        return { aggregate: { kind: "hist", bits: Number(bits) }, value };
      }
      case "lhist":
        return { aggregate: this.#lhist(args, span), value };
      default:
        return { aggregate: this.#tseries(args, signed, span), value };
    }
  }

  #lhist(args: readonly Expression[], span: Span): Aggregate {
    const plain: Aggregate = { kind: "lhist", min: 0n, max: 1n, step: 1n };
    if (args.length !== 4) {
      this.error("lhist() requires 4 arguments: the value, min, max and step", span);
      return plain;
    }
    const [min, max, step] = args
      .slice(1)
      .map((arg) => this.literalNumber(arg, 0n, "lhist() min, max and step must be literals")) as [
      bigint,
      bigint,
      bigint,
    ];
    if (step <= 0n) this.error("lhist() step must be >= 1", span);
    else if (max <= min)
      this.error(`lhist() min must be less than max (provided min ${min} and max ${max})`, span);
    else if ((max - min) / step > MOST_BUCKETS)
      this.error(
        `lhist() too many buckets, must be <= ${MOST_BUCKETS} (would need ${(max - min) / step})`,
        span,
      );
    else return { kind: "lhist", min, max, step };
    return plain;
  }

  #tseries(args: readonly Expression[], signed: boolean, span: Span): Aggregate {
    const intervalNs = this.literalNumber(args[1], 1_000_000_000n, "tseries() needs a literal interval");
    const intervals = this.literalNumber(args[2], 1n, "tseries() needs a literal number of intervals");
    const how = args[3]?.kind === "string" ? args[3].value : "last";
    const known = (["avg", "max", "min", "sum"] as const).find((one) => one === how);
    if (args.length < 3)
      this.error(
        "tseries() requires at least 3 arguments: the value, the interval and the number of intervals",
        span,
      );
    if (args[3] !== undefined && known === undefined)
      this.error(`tseries() expects one of avg, max, min and sum (${how} provided)`, span);
    if (intervalNs < 1n) this.error("tseries() interval must be larger than 0", span);
    const good = intervals >= 1n && intervals <= LONGEST_SERIES;
    if (!good) this.error(`tseries() num_intervals must be 1 to ${LONGEST_SERIES}`, span);
    return {
      kind: "tseries",
      intervalNs: intervalNs < 1n ? 1n : intervalNs,
      intervals: good ? Number(intervals) : 1,
      how: known ?? "last",
      signed,
    };
  }
}
