import { MAP_FULL, NOT_THERE } from "../program/run-time-messages.ts";
import type { TypedMap, Value, ValueOf } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Aggregate, IntegerType, Type } from "../program/types.ts";
import type { Span } from "../source/source-text.ts";
import { constant, fitted } from "./c-number.ts";
import { LowerValues } from "./lower-value.ts";
import { type Operand, scalar } from "./operand.ts";

const ZERO_KEY = "bt_zeros";
const NO_EXIST = 1;

/** Bytes before the value in a map that is one value: whether anything was stored. */
export const FLAG_BYTES = 8;

export function isScalar(map: TypedMap): boolean {
  return map.kind === "scalar" || map.kind === "percpu-scalar";
}

/** Maps: looking up, storing, counting, summing up. */
export abstract class LowerMaps extends LowerValues {
  /** The address of a key. */
  protected key(map: TypedMap, key: Value | undefined): string {
    if (key === undefined || map.key === undefined) return ZERO_KEY;
    const { c } = this.inMemory(key);
    return c;
  }

  protected lookUp(map: TypedMap, key: string): string {
    const name = this.out.name("p");
    this.out.line(`u8 *${name} = bpf_map_lookup_elem(&${map.table}, ${key});`);
    return name;
  }

  /** The value's place behind what a look-up gave. */
  protected behindFlag(map: TypedMap, pointer: string): Operand {
    return { c: isScalar(map) ? `(${pointer} + ${FLAG_BYTES})` : pointer, alignment: 8 };
  }

  override mapValue({ map: index, key, type, span }: ValueOf<"map-value">): Operand {
    const map = this.map(index);
    const at = this.key(map, key);
    if (map.value.kind === "aggregate") return scalar(this.aggregateNumber(map, map.value.aggregate, at));
    const pointer = this.lookUp(map, at);
    if (!isScalar(map)) this.#reportMissing(pointer, span);
    const place = this.behindFlag(map, pointer);
    if (this.isNumber(type)) {
      const name = this.out.number("0");
      this.out.line(`if (${pointer}) {`);
      this.out.line(`${name} = ${this.out.load(place.c, type)};`);
      this.out.line("}");
      return scalar(name);
    }
    const size = sizeOfType(type);
    const slot = this.slot(size);
    this.out.line(`if (${pointer}) {`);
    this.out.copy(slot, place, size);
    this.out.line("}");
    return slot;
  }

  #reportMissing(pointer: string, span: Span): void {
    if (!this.shared.helperErrors) return;
    const message = "Can't lookup map element because it does not exist.";
    const action = this.shared.report({ kind: "helper-error", helper: "map_lookup_elem", message }, span);
    this.out.line(`if (!${pointer}) bt_report(${action}, 0);`);
  }

  /** What is not stored because the map is full is told. */
  #update(map: TypedMap, key: string, value: string, flags: number, span: Span): void {
    const result = this.out.number(`bpf_map_update_elem(&${map.table}, ${key}, ${value}, ${flags})`);
    const told = { kind: "helper-error", helper: "map_update_elem", message: MAP_FULL } as const;
    const action = this.shared.report(told, span);
    this.out.line(`if ((s64)${result} == -7) bt_report(${action}, ${result});`);
  }

  override mapQuestion(value: ValueOf<"map-has" | "map-delete" | "map-length">): Operand {
    const map = this.map(value.map);
    if (value.kind === "map-length") {
      if (isScalar(map)) return scalar("1ULL");
      const count = this.shared.define(
        (name) => `CALLBACK long ${name}(void *map, void *key, void *value, void *ctx) { return 0; }`,
        "count",
      );
      return scalar(this.out.number(`bpf_for_each_map_elem(&${map.table}, (void *)${count}, 0, 0)`));
    }
    const key = this.key(map, value.key);
    if (isScalar(map)) return this.#scalarQuestion(map, value.kind === "map-delete");
    if (value.kind === "map-delete") {
      const result = this.out.number(`bpf_map_delete_elem(&${map.table}, ${key})`);
      if (value.discarded) {
        const told = { kind: "helper-error", helper: "map_delete_elem", message: NOT_THERE } as const;
        const action = this.shared.report(told, value.span);
        this.out.line(`if (${result}) bt_report(${action}, ${result});`);
      }
      return scalar(this.out.number(`${result} == 0`));
    }
    return scalar(this.out.number(`${this.lookUp(map, key)} != 0`));
  }

  /** A map of one value is emptied by taking back its flag, on each CPU. */
  #scalarQuestion(map: TypedMap, removes: boolean): Operand {
    const had = this.out.number("0");
    const visit = (pointer: string) => {
      this.out.line(`if (${pointer}) {`);
      this.out.line(`${had} |= *(u64 *)${pointer};`);
      if (removes) {
        const size = FLAG_BYTES + sizeOfType(map.value);
        this.out.zero({ c: pointer, alignment: 8 }, size);
      }
      this.out.line("}");
    };
    if (map.kind === "percpu-scalar") this.everyCpu(map, ZERO_KEY, visit);
    else visit(this.lookUp(map, ZERO_KEY));
    return scalar(had);
  }

  protected everyCpu(map: TypedMap, key: string, visit: (pointer: string) => void): void {
    const cpu = this.out.name("cpu");
    const pointer = this.out.name("p");
    this.out.line("#pragma clang loop unroll(disable)");
    this.out.line(`for (u32 ${cpu} = 0; ${cpu} < ${this.shared.cpus}; ${cpu}++) {`);
    this.out.line(`u8 *${pointer} = bpf_map_lookup_percpu_elem(&${map.table}, ${key}, ${cpu});`);
    visit(pointer);
    this.out.line("}");
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

  protected setMap(index: number, key: Value | undefined, value: Value): void {
    const map = this.map(index);
    const [operand = scalar("0"), keyed] = this.values(key === undefined ? [value] : [value, key]);
    const at = key === undefined || keyed === undefined ? ZERO_KEY : this.stored(key.type, keyed).c;
    if (!isScalar(map)) {
      this.#update(map, at, this.stored(value.type, operand).c, 0, value.span);
      return;
    }
    const pointer = this.lookUp(map, at);
    this.out.line(`if (${pointer}) {`);
    this.put(this.behindFlag(map, pointer), map.value, operand);
    this.out.line(`*(u64 *)${pointer} = 1;`);
    this.out.line("}");
  }

  /** The place of a key's value, which is made of zeros if it is not there. The lines until `}` have it. */
  protected orNew(map: TypedMap, key: string, span: Span, use: (place: Operand) => void): void {
    const pointer = this.lookUp(map, key);
    if (!isScalar(map)) {
      this.out.line(`if (!${pointer}) {`);
      this.#update(map, key, "bt_zeros", NO_EXIST, span);
      this.out.line(`${pointer} = bpf_map_lookup_elem(&${map.table}, ${key});`);
      this.out.line("}");
    }
    this.out.line(`if (${pointer}) {`);
    if (isScalar(map)) this.out.line(`*(u64 *)${pointer} = 1;`);
    use(this.behindFlag(map, pointer));
    this.out.line("}");
  }

  /** Adds to what others may be adding to at the same time. Gives the number before. */
  protected addTo(place: Operand, type: Type, by: string): string {
    const width = type.kind === "integer" ? type.bytes : 8;
    if (width >= 4) {
      const c = `__sync_fetch_and_add((u${8 * width} *)${place.c}, ${by})`;
      return this.out.number(fitted(c, type));
    }
    const before = this.out.load(place.c, type);
    this.out.store(place.c, type, `${before} + ${by}`);
    return before;
  }

  override step({ place, by, gives, type, span }: ValueOf<"step">): Operand {
    const result = this.out.number("0");
    const after = (before: string) =>
      gives === "old" ? before : fitted(`${before} + ${constant(by)}`, type);
    if (place.kind === "local") {
      const { c } = this.frame.local(place.local);
      this.out.line(`${result} = ${after(c)};`);
      this.out.line(`${c} += ${constant(by)};`);
      return scalar(result);
    }
    const map = this.map(place.map);
    const key = this.key(map, place.key);
    this.orNew(map, key, span, (at) => {
      this.out.line(`${result} = ${after(this.addTo(at, type, constant(by)))};`);
    });
    return scalar(result);
  }

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
        this.#series(aggregate, at, given, sign);
    }
  }

  #bucket(at: string, bucket: string, map: TypedMap): void {
    const words = sizeOfType(map.value) / 8;
    const index = this.out.number(bucket);
    this.out.line(`barrier_var(${index});`);
    this.out.line(`if (${index} < ${words}) *(u64 *)(${at} + 8 * ${index}) += 1;`);
  }

  /** The boot clock, or a map of the script that stands for it. */
  #seriesClock(): string {
    const index = this.shared.maps.findIndex(({ name }) => name === this.shared.seriesClock);
    const map = this.shared.maps[index];
    if (map === undefined || !isScalar(map)) return this.out.number("bpf_ktime_get_boot_ns()");
    const span = { start: 0, end: 0 };
    return this.mapValue({ kind: "map-value", map: index, key: undefined, type: map.value, span }).c;
  }

  /** An interval has four words: its number, how many values, what they come to, and when the last came. */
  #series(aggregate: Extract<Aggregate, { kind: "tseries" }>, at: string, given: string, sign: string): void {
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
