import type { Local, TypedAction, TypedMap, Value } from "../program/tir.ts";
import { placeItems, sizeOfType } from "../program/type-layout.ts";
import type { AddressSpace, Type } from "../program/types.ts";
import type { Span } from "../source/source-text.ts";
import { type CWriter, cLiteral, placeAt, widthOf } from "./c-writer.ts";
import { type Operand, scalar } from "./operand.ts";
import type { ProgramFrame } from "./program-frame.ts";

type Of<Kind extends Value["kind"]> = Extract<Value, { kind: Kind }>;

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);
const READ = {
  kernel: "bpf_probe_read_kernel",
  frame: "bpf_probe_read_kernel",
  context: "bpf_probe_read_kernel",
  user: "bpf_probe_read_user",
  any: "bpf_probe_read",
} as const;
/** Texts up to this are read as they are, longer ones as far as their NUL. */
const LONGEST_CLEANED = 64;

/** What a script's programs have in common. */
export interface LoweringContext {
  readonly maps: readonly TypedMap[];
  readonly cpus: number;
  /** The map of one number that time series take for the clock, for trying them out. */
  readonly seriesClock?: string | undefined;
  /** Definitions that stand before the programs, by what they say. */
  define(text: (name: string) => string, prefix: string): string;
  /** An action that tells user space of something that went wrong at a place, by its index. */
  report(what: Pick<TypedAction, "kind" | "format" | "helper" | "message">, span: Span): number;
  /** Look-ups, deletions and reads that fail are told, too. */
  readonly helperErrors: boolean;
}

/** Values to C. Numbers become names of u64, larger things places. */
export abstract class LowerValues {
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

  abstract steps(body: Of<"block">["body"]): void;
  abstract intrinsic(value: Of<"call">): Operand;
  abstract mapValue(value: Of<"map-value">): Operand;
  abstract mapQuestion(value: Of<"map-has" | "map-delete" | "map-length">): Operand;
  abstract step(value: Of<"step">): Operand;

  protected map(index: number): TypedMap {
    const map = this.shared.maps[index];
    if (map === undefined) throw new RangeError(`there is no map ${index}`);
    return map;
  }

  protected isNumber(type: Type): boolean {
    return (
      type.kind === "integer" || type.kind === "boolean" || type.kind === "pointer" || type.kind === "none"
    );
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

  value(value: Value): Operand {
    switch (value.kind) {
      case "constant":
        return scalar(constant(value.value));
      case "text":
        return this.text(value);
      case "local":
        return this.local(value.local);
      case "address": {
        const { c } = this.frame.local(value.local, true);
        const name = this.out.number(`(u64)${this.isNumber(value.local.type) ? "&" : ""}${c}`);
        this.out.line(`asm volatile("" : "+r"(${name}) : : "memory");`);
        return scalar(name);
      }
      case "map-value":
        return this.mapValue(value);
      case "map-has":
      case "map-delete":
      case "map-length":
        return this.mapQuestion(value);
      case "step":
        return this.step(value);
      case "context":
        return this.context(value);
      case "context-address":
        return scalar(this.out.number("(u64)ctx"));
      case "read":
        return this.read(value);
      case "part":
        return this.part(value);
      case "element":
        return this.element(value);
      case "negate":
        return scalar(this.out.number(`-${this.number(value.operand)}`));
      case "not":
        return scalar(this.out.number(`!${this.number(value.operand)}`));
      case "complement":
        return scalar(this.out.number(fitted(`~${this.number(value.operand)}`, value.type)));
      case "binary":
        return this.binary(value);
      case "equal-bytes":
        return this.equalBytes(value);
      case "and":
      case "or":
        return this.logical(value);
      case "choice":
        return this.choice(value);
      case "convert":
        return this.convert(value);
      case "reinterpret":
        return this.reinterpret(value);
      case "compose":
        return this.compose(value);
      case "call":
        return this.intrinsic(value);
      case "block":
        this.steps(value.body);
        return value.value === undefined ? scalar("0") : this.value(value.value);
    }
  }

  private text({ bytes, type }: Of<"text">): Operand {
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

  private context({ offset, type }: Of<"context">): Operand {
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
    if (this.keepsPointerTypes) return scalar(this.out.number(`*(volatile u64 *)((u8 *)ctx + ${offset})`));
    const pointer = this.out.number("0");
    this.out.line(`bpf_probe_read_kernel(&${pointer}, 8, (u8 *)ctx + ${offset});`);
    // At their end iterators run once more, for nothing.
    if (this.frame.nullableContext) this.out.line(`if (!${pointer}) return 0;`);
    return scalar(pointer);
  }

  private read(value: Of<"read">): Operand {
    const { type, offset, space, bits } = value;
    const address = this.number(value.address);
    const from = offset === 0 ? `(void *)${address}` : `(void *)(${address} + ${offset})`;
    if (bits !== undefined) {
      const name = this.out.number("0");
      this.out.line(
        `${READ[space]}(&${name}, ${Math.min(8, Math.ceil((bits.shift + bits.width) / 8))}, ${from});`,
      );
      return scalar(this.out.number(bitField(name, bits, type)));
    }
    if (this.isNumber(type)) {
      const name = this.out.name("r");
      this.out.line(`u${8 * widthOf(type)} ${name} = 0;`);
      this.out.line(`${READ[space]}(&${name}, sizeof(${name}), ${from});`);
      return scalar(this.out.number(fitted(name, type)));
    }
    return this.#readBulk(type, from, space);
  }

  #readBulk(type: Type, from: string, space: AddressSpace): Operand {
    const size = sizeOfType(type);
    const slot = this.slot(size, false);
    if (type.kind !== "string") {
      this.out.line(`${READ[space]}(${slot.c}, ${size}, ${from});`);
    } else if (size <= LONGEST_CLEANED) {
      this.out.line(`${READ[space]}(${slot.c}, ${size}, ${from});`);
      this.#clean(slot, size);
    } else this.readText(slot, size, from, space);
    return slot;
  }

  #clean(slot: Operand, size: number): void {
    if (size <= LONGEST_CLEANED) this.out.line(`bt_clean_text(${slot.c}, ${size});`);
  }

  /** A text as far as its NUL, with zeros after it. */
  protected readText(slot: Operand, size: number | string, from: string, space: AddressSpace): void {
    if (typeof size === "number") this.out.zero(slot, size);
    this.out.line(`${READ[space]}_str(${slot.c}, ${size}, ${from});`);
  }

  private part(value: Of<"part">): Operand {
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

  private element({ of, index, size, count, type }: Of<"element">): Operand {
    const place = this.value(of);
    const at = this.out.number(this.number(index));
    this.frame.needsMemory();
    const offset = this.out.number(`${at} * ${size}`);
    this.out.line(`barrier_var(${offset});`);
    const fits = `${offset} <= ${Math.max(0, (count - 1) * size)}`;
    if (this.isNumber(type)) {
      const name = this.out.number("0");
      this.out.line(`if (${fits}) {`);
      this.out.line(`${name} = ${this.out.load(`${place.c} + ${offset}`, type)};`);
      this.out.line("}");
      return scalar(name);
    }
    const slot = this.slot(size);
    this.out.line(`if (${fits}) {`);
    this.out.line(`bpf_probe_read_kernel(${slot.c}, ${size}, ${place.c} + ${offset});`);
    this.out.line("}");
    return slot;
  }

  /** Dividing by zero gives 1, and is told. */
  #quotient(c: string, divisor: string, right: Value, span: Span): Operand {
    if (right.kind === "constant" && right.value !== 0n) return scalar(this.out.number(c));
    const result = this.out.number("1");
    this.out.line(`if (${divisor}) {`);
    this.out.line(`${result} = ${c};`);
    this.out.line("} else {");
    const format =
      "Divide or modulo by 0 detected. This can lead to unexpected results. 1 is being used as the result.";
    this.out.line(`bt_report(${this.shared.report({ kind: "warnf", format }, span)}, 0);`);
    this.out.line("}");
    return scalar(result);
  }

  private binary({ operator, left, right, signed, type, span }: Of<"binary">): Operand {
    const a = this.number(left);
    const b = this.number(right);
    const s = signed ? "(s64)" : "";
    if (COMPARISONS.has(operator)) return scalar(this.out.number(`${s}${a} ${operator} ${s}${b}`));
    const flag = signed ? 1 : 0;
    switch (operator) {
      case "/":
        return this.#quotient(`bt_divide(${a}, ${b}, ${flag})`, b, right, span);
      case "%":
        return this.#quotient(`bt_remainder(${a}, ${b}, ${flag})`, b, right, span);
      case "<<":
        return scalar(this.out.number(`${a} << (${b} & 63)`));
      case ">>":
        return scalar(
          this.out.number(
            `${left.type.kind === "integer" && left.type.signed ? "(s64)" : ""}${a} >> (${b} & 63)`,
          ),
        );
      default:
        return scalar(this.out.number(fitted(`(${a} ${operator} ${b})`, type)));
    }
  }

  private equalBytes({ left, right, negated }: Of<"equal-bytes">): Operand {
    const [a, b] = [this.value(left), this.value(right)];
    const [m, n] = [sizeOfType(left.type), sizeOfType(right.type)];
    const text = left.type.kind === "string";
    const same = text ? `bt_same_text(${a.c}, ${m}, ${b.c}, ${n})` : `bt_same_bytes(${a.c}, ${b.c}, ${m})`;
    if (Math.min(m, n) > LONGEST_CLEANED) this.frame.needsMemory();
    return scalar(this.out.number(`${negated ? "!" : ""}${same}`));
  }

  private logical({ kind, left, right }: Of<"and" | "or">): Operand {
    const result = this.out.number(`!!${this.number(left)}`);
    this.out.line(`if (${kind === "and" ? "" : "!"}${result}) {`);
    this.out.line(`${result} = !!${this.number(right)};`);
    this.out.line("}");
    return scalar(result);
  }

  private choice({ test, value, otherwise, type }: Of<"choice">): Operand {
    if (value === undefined) return this.#elvis(test, otherwise);
    const condition = this.number(test);
    const number = this.isNumber(type);
    const result =
      type.kind === "none"
        ? scalar("0")
        : number
          ? scalar(this.out.number("0"))
          : this.slot(sizeOfType(type), false);
    const branch = (side: Value) => {
      const operand = this.value(side);
      if (type.kind === "none") return;
      if (number) this.out.line(`${result.c} = ${operand.c};`);
      else this.out.copy(result, operand, sizeOfType(type));
    };
    this.out.line(`if (${condition}) {`);
    branch(value);
    this.out.line("} else {");
    branch(otherwise);
    this.out.line("}");
    return result;
  }

  #elvis(test: Value, otherwise: Value): Operand {
    const result = this.out.number(this.number(test));
    this.out.line(`if (!${result}) {`);
    this.out.line(`${result} = ${this.number(otherwise)};`);
    this.out.line("}");
    return scalar(result);
  }

  private convert({ operand, type }: Of<"convert">): Operand {
    const from = this.value(operand);
    if (this.isNumber(type)) {
      if (!this.isNumber(operand.type)) return scalar(this.out.load(from.c, type));
      return scalar(this.out.number(fitted(from.c, type)));
    }
    const [before, after] = [sizeOfType(operand.type), sizeOfType(type)];
    if (before === after) return from;
    const slot = this.slot(after, after > before);
    this.out.copy(slot, from, Math.min(before, after));
    if (type.kind === "string" && after < before) this.out.line(`*(u8 *)(${slot.c} + ${after - 1}) = 0;`);
    if (type.kind === "buffer" && after < before) {
      this.out.line(`if (*(u32 *)${slot.c} > ${after - 4}) *(u32 *)${slot.c} = ${after - 4};`);
    }
    return slot;
  }

  private reinterpret({ operand, type }: Of<"reinterpret">): Operand {
    const from = this.value(operand);
    if (this.isNumber(operand.type) === this.isNumber(type)) return from;
    if (this.isNumber(type)) return scalar(this.out.load(from.c, type));
    const slot = this.slot(sizeOfType(type));
    const { type: before } = operand;
    const bytes = before.kind === "integer" && before.literal ? 8 : widthOf(before);
    const name = this.out.number(from.c);
    this.out.line(`__builtin_memcpy(${slot.c}, &${name}, ${Math.min(bytes, sizeOfType(type))});`);
    return slot;
  }

  private compose({ items, type }: Of<"compose">): Operand {
    const types = items.map((item) => item.type);
    const { offsets, size } = placeItems(types);
    const operands = items.map((item) => this.value(item));
    const slot = this.slot(Math.max(size, sizeOfType(type)));
    for (const [i, operand] of operands.entries()) {
      this.put(placeAt(slot, offsets[i] ?? 0), types[i] as Type, operand);
    }
    return slot;
  }

  /** A value to a place in memory. */
  protected put(at: Operand, type: Type, operand: Operand): void {
    if (this.isNumber(type)) this.out.store(at.c, type, operand.c);
    else this.out.copy(at, operand, sizeOfType(type));
  }

  /** A value in memory, for helpers that want its address. */
  protected inMemory(value: Value): Operand {
    const operand = this.value(value);
    if (!this.isNumber(value.type)) return operand;
    const size = sizeOfType(value.type);
    const slot = this.slot(size, false);
    this.out.store(slot.c, value.type, operand.c);
    return slot;
  }
}

/** A u64 as a value of a type: cut, and extended by its sign. */
function fitted(c: string, type: Type): string {
  if (type.kind === "boolean") return `!!(${c})`;
  if (type.kind !== "integer" || type.literal) return c;
  const bits = 8 * type.bytes;
  if (bits === 64) return c;
  return type.signed ? `(u64)(s64)(s${bits})(${c})` : `(u64)(u${bits})(${c})`;
}

function bitField(c: string, { shift, width }: { shift: number; width: number }, type: Type): string {
  const signed = type.kind === "integer" && type.signed;
  const up = 64 - shift - width;
  return signed ? `(u64)((s64)(${c} << ${up}) >> ${64 - width})` : `(${c} << ${up}) >> ${64 - width}`;
}

export function constant(value: bigint): string {
  return `${BigInt.asUintN(64, value)}ULL`;
}
