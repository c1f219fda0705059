import { DIVIDED_BY_ZERO } from "../program/run-time-messages.ts";
import type { Value, ValueOf } from "../program/tir.ts";
import { placeItems, sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import type { Span } from "../source/source-text.ts";
import { fitted } from "./c-number.ts";
import { placeAt, widthOf } from "./c-writer.ts";
import { sameAsLiteral } from "./literal-text.ts";
import { LONGEST_CLEANED, LowerPlaces } from "./lower-place.ts";
import { type Operand, scalar } from "./operand.ts";

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);

/** Operators, and what makes a value of others. */
export abstract class LowerOperators extends LowerPlaces {
  /** Dividing by zero gives 1, and is told. */
  #quotient(c: string, divisor: string, right: Value, span: Span): Operand {
    if (right.kind === "constant" && right.value !== 0n) return scalar(this.out.number(c));
    const result = this.out.number("1");
    this.out.line(`if (${divisor}) {`);
    this.out.line(`${result} = ${c};`);
    this.out.line("} else {");
    this.out.line(`bt_report(${this.shared.report({ kind: "warnf", format: DIVIDED_BY_ZERO }, span)}, 0);`);
    this.out.line("}");
    return scalar(result);
  }

  protected binary({ operator, left, right, signed, type, span }: ValueOf<"binary">): Operand {
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

  protected equalBytes({ left, right, negated }: ValueOf<"equal-bytes">): Operand {
    const operands = this.pair(left, right);
    const [a, b] = operands;
    const [m, n] = [sizeOfType(left.type), sizeOfType(right.type)];
    const not = negated ? "!" : "";
    if (left.type.kind !== "string") {
      const alignment = Math.min(a.alignment, b.alignment);
      if (m > LONGEST_CLEANED) this.frame.needsMemory();
      return scalar(this.out.number(`${not}bt_same_bytes(${a.c}, ${b.c}, ${m}, ${alignment})`));
    }
    const same = this.sameAsLiteral(left, right, operands, Math.max(m, n));
    if (same !== undefined) return scalar(this.out.number(`${not}${same}`));
    if (Math.min(m, n) > LONGEST_CLEANED) this.frame.needsMemory();
    return scalar(this.out.number(`${not}bt_same_text(${a.c}, ${m}, ${b.c}, ${n})`));
  }

  /** Where one of two texts is known. */
  protected sameAsLiteral(
    left: Value,
    right: Value,
    [a, b]: readonly [Operand, Operand],
    most: number,
  ): string | undefined {
    if (left.kind === "text")
      return right.kind === "text" ? undefined : this.sameAsLiteral(right, left, [b, a], most);
    if (right.kind !== "text") return undefined;
    const bytes = right.bytes.slice(0, Math.max(sizeOfType(right.type), 1));
    return sameAsLiteral(this.out, a, sizeOfType(left.type), bytes, most);
  }

  protected logical({ kind, left, right }: ValueOf<"and" | "or">): Operand {
    const result = this.out.number(`!!${this.number(left)}`);
    this.out.line(`if (${kind === "and" ? "" : "!"}${result}) {`);
    this.out.line(`${result} = !!${this.number(right)};`);
    this.out.line("}");
    return scalar(result);
  }

  protected choice({ test, value, otherwise, type }: ValueOf<"choice">): Operand {
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

  protected convert({ operand, type }: ValueOf<"convert">): Operand {
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

  protected reinterpret({ operand, type }: ValueOf<"reinterpret">): Operand {
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

  protected compose({ items, type }: ValueOf<"compose">): Operand {
    const types = items.map((item) => item.type);
    const { offsets, size } = placeItems(types);
    const operands = this.values(items);
    const slot = this.slot(Math.max(size, sizeOfType(type)));
    for (const [i, operand] of operands.entries()) {
      this.put(placeAt(slot, offsets[i] ?? 0), types[i] as Type, operand);
    }
    return slot;
  }
}
