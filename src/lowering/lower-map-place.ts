import { MAP_FULL } from "../program/run-time-messages.ts";
import { FLAG_BYTES, isScalar } from "../program/scalar-map.ts";
import type { TypedMap, Value } from "../program/tir.ts";
import type { Type } from "../program/types.ts";
import type { Span } from "../source/source-text.ts";
import { fitted } from "./c-number.ts";
import { LowerValues } from "./lower-value.ts";
import type { Operand } from "./operand.ts";

/** Of a map of one value. */
export const ZERO_KEY = "bt_zeros";
const NO_EXIST = 1;

/** Where the values of maps are: looked up, made, on each CPU. */
export abstract class LowerMapPlaces extends LowerValues {
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

  /** The place of a key's value, which is made of zeros if it is not there. The lines until `}` have it. */
  protected orNew(map: TypedMap, key: string, span: Span, use: (place: Operand) => void): void {
    const pointer = this.lookUp(map, key);
    if (!isScalar(map)) {
      this.out.line(`if (!${pointer}) {`);
      this.update(map, key, "bt_zeros", NO_EXIST, span);
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

  /** What is not stored because the map is full is told. */
  protected update(map: TypedMap, key: string, value: string, flags: number, span: Span): void {
    const result = this.out.number(`bpf_map_update_elem(&${map.table}, ${key}, ${value}, ${flags})`);
    const told = { kind: "helper-error", helper: "map_update_elem", message: MAP_FULL } as const;
    const action = this.shared.report(told, span);
    this.out.line(`if ((s64)${result} == -7) bt_report(${action}, ${result});`);
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
}
