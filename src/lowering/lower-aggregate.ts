import type { TypedMap, Value } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Aggregate, IntegerType, Type } from "../program/types.ts";
import type { Span } from "../source/source-text.ts";
import { constant } from "./c-number.ts";
import { LowerSeries } from "./lower-series.ts";

/** What is summed up: counts, sums, extremes, histograms. */
export abstract class LowerAggregates extends LowerSeries {
  protected aggregateInto(
    index: number,
    keyValue: Value | undefined,
    aggregate: Aggregate,
    value: Value | undefined,
    span: Span,
  ): void {
    const map = this.map(index);
    const given = value === undefined ? "0" : this.out.number(this.number(value));
    const key = this.key(map, keyValue);
    this.orNew(map, key, span, (place) => this.#sumUp(map, aggregate, place.c, given, value?.type));
  }

  #sumUp(map: TypedMap, aggregate: Aggregate, at: string, given: string, type: Type | undefined): void {
    const word = (n: number) => `*(u64 *)(${at} + ${8 * n})`;
    const typed = map.value.kind === "aggregate" ? map.value.aggregate : aggregate;
    const signed = "signed" in typed && typed.signed;
    const sign = signed ? "(s64)" : "";
    switch (aggregate.kind) {
      case "count":
        this.out.line(`${word(0)} += 1;`);
        break;
      case "sum":
        this.out.line(`${word(0)} += ${given};`);
        break;
      case "avg":
      case "stats":
        this.out.line(`${word(0)} += 1;`);
        this.out.line(`${word(1)} += ${given};`);
        break;
      case "min":
      case "max": {
        const better = `${sign}${given} ${aggregate.kind === "min" ? "<" : ">"} ${sign}${word(0)}`;
        this.out.line(`if (!${word(1)} || ${better}) { ${word(0)} = ${given}; ${word(1)} = 1; }`);
        break;
      }
      case "hist": {
        const negative = (type as IntegerType | undefined)?.signed ? 1 : 0;
        this.#bucket(at, `bt_hist_bucket(${given}, ${aggregate.bits}, ${negative})`, map);
        break;
      }
      case "lhist": {
        const { min, max, step } = aggregate;
        this.#bucket(
          at,
          `bt_lhist_bucket(${given}, ${constant(min)}, ${constant(max)}, ${constant(step)})`,
          map,
        );
        break;
      }
      case "tseries":
        this.intoSeries(aggregate, at, given, sign);
    }
  }

  #bucket(at: string, bucket: string, map: TypedMap): void {
    const words = sizeOfType(map.value) / 8;
    const index = this.out.number(bucket);
    this.out.line(`barrier_var(${index});`);
    this.out.line(`if (${index} < ${words}) *(u64 *)(${at} + 8 * ${index}) += 1;`);
  }

  /** What all CPUs have summed up. */
  protected aggregateNumber(map: TypedMap, aggregate: Aggregate, key: string): string {
    const total = this.out.number("0");
    const second = this.out.number("0");
    const sign = "signed" in aggregate && aggregate.signed ? "(s64)" : "";
    this.everyCpu(map, key, (pointer) => {
      const { c } = this.behindFlag(map, pointer);
      const word = (n: number) => `*(u64 *)(${c} + ${8 * n})`;
      this.out.line(`if (${pointer}) {`);
      if (aggregate.kind === "min" || aggregate.kind === "max") {
        const better = `${sign}${word(0)} ${aggregate.kind === "min" ? "<" : ">"} ${sign}${total}`;
        this.out.line(
          `if (${word(1)} && (!${second} || ${better})) { ${total} = ${word(0)}; ${second} = 1; }`,
        );
      } else {
        this.out.line(`${total} += ${word(0)};`);
        if (aggregate.kind === "avg" || aggregate.kind === "stats") this.out.line(`${second} += ${word(1)};`);
      }
      this.out.line("}");
    });
    if (aggregate.kind !== "avg" && aggregate.kind !== "stats") return total;
    return this.out.number(`bt_divide(${second}, ${total}, ${sign === "" ? 0 : 1})`);
  }
}
