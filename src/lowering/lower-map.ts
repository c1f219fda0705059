import { NOT_THERE } from "../program/run-time-messages.ts";
import { FLAG_BYTES, isScalar } from "../program/scalar-map.ts";
import type { TypedMap, Value, ValueOf } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Span } from "../source/source-text.ts";
import { constant, fitted } from "./c-number.ts";
import { LowerAggregates } from "./lower-aggregate.ts";
import { ZERO_KEY } from "./lower-map-place.ts";
import { type Operand, scalar } from "./operand.ts";

/** Maps: looking up, storing, counting. */
export abstract class LowerMaps extends LowerAggregates {
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

  protected setMap(index: number, key: Value | undefined, value: Value): void {
    const map = this.map(index);
    const [operand = scalar("0"), keyed] = this.values(key === undefined ? [value] : [value, key]);
    const at = key === undefined || keyed === undefined ? ZERO_KEY : this.stored(key.type, keyed).c;
    if (!isScalar(map)) {
      this.update(map, at, this.stored(value.type, operand).c, 0, value.span);
      return;
    }
    const pointer = this.lookUp(map, at);
    this.out.line(`if (${pointer}) {`);
    this.put(this.behindFlag(map, pointer), map.value, operand);
    this.out.line(`*(u64 *)${pointer} = 1;`);
    this.out.line("}");
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
}
