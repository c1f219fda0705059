import { isScalar } from "../program/scalar-map.ts";
import type { Aggregate } from "../program/types.ts";
import { constant } from "./c-number.ts";
import { LowerMapPlaces } from "./lower-map-place.ts";

/** Values by the time at which they come. */
export abstract class LowerSeries extends LowerMapPlaces {
  /** The boot clock, or a map of the script that stands for it. */
  #seriesClock(): string {
    const index = this.shared.maps.findIndex(({ name }) => name === this.shared.seriesClock);
    const map = this.shared.maps[index];
    if (map === undefined || !isScalar(map)) return this.out.number("bpf_ktime_get_boot_ns()");
    const span = { start: 0, end: 0 };
    return this.mapValue({ kind: "map-value", map: index, key: undefined, type: map.value, span }).c;
  }

  /** An interval has four words: its number, how many values, what they come to, and when the last came. */
  protected intoSeries(
    aggregate: Extract<Aggregate, { kind: "tseries" }>,
    at: string,
    given: string,
    sign: string,
  ): void {
    const now = this.#seriesClock();
    const epoch = this.out.number(`${now} / ${constant(aggregate.intervalNs)} + 1`);
    const index = this.out.number(`${epoch} % ${aggregate.intervals}`);
    this.out.line(`barrier_var(${index});`);
    this.out.line(`if (${index} < ${aggregate.intervals}) {`);
    const slot = this.out.name("w");
    this.out.line(`u64 *${slot} = (u64 *)(${at} + 32 * ${index});`);
    this.out.line(`if (${slot}[0] != ${epoch}) { ${slot}[0] = ${epoch}; ${slot}[1] = 0; ${slot}[2] = 0; }`);
    switch (aggregate.how) {
      case "last":
        this.out.line(`${slot}[2] = ${given};`);
        break;
      case "sum":
      case "avg":
        this.out.line(`${slot}[2] += ${given};`);
        break;
      default:
        this.out.line(
          `if (!${slot}[1] || ${sign}${given} ${aggregate.how === "min" ? "<" : ">"} ${sign}${slot}[2]) ${slot}[2] = ${given};`,
        );
    }
    this.out.line(`${slot}[1] += 1;`);
    this.out.line(`${slot}[3] = ${now};`);
    this.out.line("}");
  }
}
