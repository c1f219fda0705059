import { isOneNumber } from "../program/integer-operations.ts";
import type { Local, TypedMap, Value, ValueOf } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { AddressSpace, Type } from "../program/types.ts";
import type { Span } from "../source/source-text.ts";
import { bitField, fitted } from "./c-number.ts";
import { type CWriter, cLiteral, placeAt, widthOf } from "./c-writer.ts";
import { mayChangeVariables } from "./effects.ts";
import type { LoweringContext } from "./lowering-context.ts";
import { type Operand, scalar } from "./operand.ts";
import type { ProgramFrame } from "./program-frame.ts";

const READ = {
  kernel: "bpf_probe_read_kernel",
  frame: "bpf_probe_read_kernel",
  context: "bpf_probe_read_kernel",
  user: "bpf_probe_read_user",
  any: "bpf_probe_read",
} as const;
/** Texts up to this are read as they are, longer ones as far as their NUL. */
export const LONGEST_CLEANED = 64;

/** Values that lie somewhere: in the frame, in the context, where an address leads to. */
export abstract class LowerPlaces {
  protected readonly shared: LoweringContext;
  protected readonly frame: ProgramFrame;
  protected out: CWriter;
  /** While a value is made that a helper wants with the type that the verifier knows. */
  protected keepsPointerTypes = false;

  constructor(shared: LoweringContext, frame: ProgramFrame, out: CWriter) {
    this.shared = shared;
    this.frame = frame;
    this.out = out;
  }

  abstract value(value: Value): Operand;

  protected map(index: number): TypedMap {
    const map = this.shared.maps[index];
    if (map === undefined) throw new RangeError(`there is no map ${index}`);
    return map;
  }

  protected isNumber(type: Type): boolean {
    return isOneNumber(type);
  }

  /** Several values from left to right: each as it is when its turn comes, whatever those after it change. */
  protected values(values: readonly Value[]): Operand[] {
    return values.map((value, i) => {
      const operand = this.value(value);
      if (this.isNumber(value.type) || !values.slice(i + 1).some(mayChangeVariables)) return operand;
      const size = sizeOfType(value.type);
      const slot = this.slot(size, false);
      this.out.copy(slot, operand, size);
      return slot;
    });
  }

  protected pair(left: Value, right: Value): [Operand, Operand] {
    return this.values([left, right]) as [Operand, Operand];
  }

  /** Room for a value, of zeros. */
  protected slot(size: number, zeroed = true): Operand {
    const slot = this.frame.slot(size);
    if (zeroed) this.out.zero(slot, size);
    return slot;
  }

  protected number(value: Value): string {
    return this.value(value).c;
  }

  protected text({ bytes, type }: ValueOf<"text">): Operand {
    const size = Math.max(sizeOfType(type), 1);
    const literal = cLiteral(bytes.slice(0, size));
    const name = this.shared.define(
      (n) => `static const u8 ${n}[${size}] __attribute__((aligned(8))) = ${literal};`,
      "text",
    );
    return { c: `(u8 *)${name}`, alignment: 8 };
  }

  protected local(local: Local): Operand {
    const place = this.frame.local(local);
    if (!this.isNumber(local.type)) return place;
    return scalar(this.out.number(place.c));
  }

  protected context({ offset, type }: ValueOf<"context">): Operand {
    if (!this.isNumber(type)) {
      const size = sizeOfType(type);
      const slot = this.slot(size, false);
      this.out.line(`bpf_probe_read_kernel(${slot.c}, ${size}, (u8 *)ctx + ${offset});`);
      if (type.kind === "string") this.#clean(slot, size);
      return slot;
    }
    // Loads from the context must be at constant places: volatile keeps them as they are.
    if (this.frame.typedPointers && type.kind === "pointer") return this.#contextPointer(offset);
    if (this.frame.wideContext) {
      return scalar(this.out.number(fitted(`*(volatile u64 *)((u8 *)ctx + ${offset})`, type)));
    }
    const bits = 8 * widthOf(type);
    return scalar(this.out.number(fitted(`*(volatile u${bits} *)((u8 *)ctx + ${offset})`, type)));
  }

  /**
   * A pointer whose type the verifier knows may not be reckoned with. Read by a helper it is a number like others,
   * unless a helper is to have it as it is.
   */
  #contextPointer(offset: number): Operand {
    if (this.keepsPointerTypes) {
      const typed = this.out.number(`*(volatile u64 *)((u8 *)ctx + ${offset})`);
      if (this.frame.nullableContext) this.out.line(`if (!${typed}) return 0;`);
      return scalar(typed);
    }
    const pointer = this.out.number("0");
    this.out.line(`bpf_probe_read_kernel(&${pointer}, 8, (u8 *)ctx + ${offset});`);
    // At their end iterators run once more, for nothing.
    if (this.frame.nullableContext) this.out.line(`if (!${pointer}) return 0;`);
    return scalar(pointer);
  }

  protected read(value: ValueOf<"read">): Operand {
    const { type, offset, space, bits } = value;
    const address = this.number(value.address);
    const from = offset === 0 ? `(void *)${address}` : `(void *)(${address} + ${offset})`;
    if (bits !== undefined) {
      const name = this.out.number("0");
      const size = Math.min(8, Math.ceil((bits.shift + bits.width) / 8));
      this.readMemory(READ[space], `&${name}, ${size}, ${from}`, value.span);
      return scalar(this.out.number(bitField(name, bits, type)));
    }
    if (this.isNumber(type)) {
      const name = this.out.name("r");
      this.out.line(`u${8 * widthOf(type)} ${name} = 0;`);
      this.readMemory(READ[space], `&${name}, sizeof(${name}), ${from}`, value.span);
      return scalar(this.out.number(fitted(name, type)));
    }
    return this.#readBulk(type, from, space, value.span);
  }

  #readBulk(type: Type, from: string, space: AddressSpace, span: Span): Operand {
    const size = sizeOfType(type);
    const slot = this.slot(size, false);
    if (type.kind === "string" && size > LONGEST_CLEANED) this.readText(slot, size, from, space, span);
    else {
      this.readMemory(READ[space], `${slot.c}, ${size}, ${from}`, span);
      if (type.kind === "string") this.#clean(slot, size);
    }
    return slot;
  }

  /** Reads by a helper what may be not there: zeros are the value then, and with -k the place is told. */
  protected readMemory(helper: string, given: string, span: Span): void {
    const call = `${helper}(${given})`;
    if (!this.shared.helperErrors) {
      this.out.line(`${call};`);
      return;
    }
    const told = { kind: "helper-error", helper: helper.replace("bpf_", "") } as const;
    const action = this.shared.report(told, span);
    const result = this.out.number(call);
    this.out.line(`if ((s64)${result} < 0) bt_report(${action}, ${result});`);
  }

  #clean(slot: Operand, size: number): void {
    if (size <= LONGEST_CLEANED) this.out.line(`bt_clean_text(${slot.c}, ${size});`);
  }

  /** A text as far as its NUL, with zeros after it. */
  protected readText(
    slot: Operand,
    size: number | string,
    from: string,
    space: AddressSpace,
    span: Span,
  ): void {
    if (typeof size === "number") this.out.zero(slot, size);
    this.readMemory(`${READ[space]}_str`, `${slot.c}, ${size}, ${from}`, span);
  }

  protected part(value: ValueOf<"part">): Operand {
    const { type, offset, bits } = value;
    const place = placeAt(this.value(value.of), offset);
    if (bits !== undefined) {
      const name = this.out.number("0");
      const size = Math.min(8, Math.ceil((bits.shift + bits.width) / 8));
      this.out.line(`__builtin_memcpy(&${name}, ${place.c}, ${size});`);
      return scalar(this.out.number(bitField(name, bits, type)));
    }
    return this.isNumber(type) ? scalar(this.out.load(place.c, type)) : place;
  }

  protected element({ of, index, size, count, type }: ValueOf<"element">): Operand {
    const [place, { c }] = this.pair(of, index);
    const at = this.out.number(c);
    this.frame.needsMemory();
    this.out.line(`fresh_number(${at});`);
    const from = `${place.c} + ${at} * ${size}`;
    if (this.isNumber(type)) {
      const name = this.out.number("0");
      this.out.line(`if (${at} < ${count}) {`);
      this.out.line(`${name} = ${this.out.load(from, type)};`);
      this.out.line("}");
      return scalar(name);
    }
    const slot = this.slot(size);
    this.out.line(`if (${at} < ${count}) {`);
    this.out.line(`bpf_probe_read_kernel(${slot.c}, ${size}, ${from});`);
    this.out.line("}");
    return slot;
  }

  /** A value to a place in memory. */
  protected put(at: Operand, type: Type, operand: Operand): void {
    if (this.isNumber(type)) this.out.store(at.c, type, operand.c);
    else this.out.copy(at, operand, sizeOfType(type));
  }

  /** A value in memory, for helpers that want its address. */
  protected inMemory(value: Value): Operand {
    return this.stored(value.type, this.value(value));
  }

  /** The place of a value, which numbers get now. */
  protected stored(type: Type, operand: Operand): Operand {
    if (!this.isNumber(type)) return operand;
    const slot = this.slot(sizeOfType(type), false);
    this.out.store(slot.c, type, operand.c);
    return slot;
  }
}
