import { fitted } from "../../program/integer-operations.ts";
import type { Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { ExpressionOf } from "./ast.ts";
import { CheckFields } from "./check-fields.ts";
import { convert } from "./convert.ts";
import { BOOLEAN, pointerTo, typeName } from "./type-names.ts";
import { isNumber, isTestable } from "./type-tests.ts";

/** Casts. */
export abstract class CheckCasts extends CheckFields {
  protected cast({ type: name, operand: inner, span }: ExpressionOf<"cast">): Value {
    const operand = this.value(inner);
    const type = this.typeNamed(name);
    if (type.kind === "none" || operand.type.kind === "none") return this.nothing(span);
    return this.castTo(operand, type, span);
  }

  protected castTo(operand: Value, wanted: Type, span: Span): Value {
    const from = operand.type;
    if (wanted.kind === "array" || from.kind === "array") return this.#castBytes(operand, wanted, span);
    if (wanted.kind === "pointer") {
      if (from.kind === "pointer")
        return { kind: "convert", operand, type: { ...wanted, space: from.space, to: wanted.to }, span };
      if (isNumber(from)) return this.#address(operand, pointerTo(wanted.to, this.pointerSpace()), span);
    }
    if (wanted.kind === "integer" && (isNumber(from) || from.kind === "pointer")) {
      if (operand.kind === "constant") return this.constant(fitted(operand.value, wanted), wanted, span);
      return { kind: "convert", operand, type: wanted, span };
    }
    if (wanted.kind === "boolean" && isTestable(from)) {
      const twice: Value = { kind: "not", operand, type: BOOLEAN, span };
      return { kind: "not", operand: twice, type: BOOLEAN, span };
    }
    if (wanted.kind === "string" && from.kind === "string")
      return { kind: "convert", operand, type: wanted, span };
    if (wanted.kind === "struct" && from.kind === "struct" && wanted.name === from.name) return operand;
    return this.refuse(`Cannot cast from "${typeName(from)}" to "${typeName(wanted)}"`, span);
  }

  /** A number becomes an address with zeros before it, whatever its sign. */
  #address(operand: Value, type: Type, span: Span): Value {
    const from = operand.type;
    if (from.kind !== "integer" || !from.signed || from.bytes === 8) {
      return { kind: "convert", operand, type, span };
    }
    const plain: Type = { kind: "integer", bytes: from.bytes, signed: false };
    return { kind: "convert", operand: this.castTo(operand, plain, span), type, span };
  }

  #castBytes(operand: Value, wanted: Type, span: Span): Value {
    const from = operand.type;
    const fromSize = from.kind === "integer" && from.literal ? 8 : sizeOfType(from);
    let type = wanted;
    if (wanted.kind === "array" && wanted.count === 0) {
      const size = sizeOfType(wanted.of);
      if (size === 0 || fromSize % size !== 0)
        return this.refuse(
          `Cannot cast from "${typeName(from)}" to an array of ${typeName(wanted.of)}`,
          span,
        );
      type = { kind: "array", of: wanted.of, count: fromSize / size };
    }
    const simple =
      from.kind === "integer" || from.kind === "boolean" || from.kind === "string" || from.kind === "array";
    if (
      !simple ||
      (from.kind !== "integer" && sizeOfType(type) !== fromSize) ||
      sizeOfType(type) > Math.max(8, fromSize)
    ) {
      return this.refuse(`Cannot cast from "${typeName(from)}" to "${typeName(type)}"`, span);
    }
    const wide =
      from.kind === "integer" && from.bytes * 1 !== sizeOfType(type)
        ? convert(operand, widthOf(sizeOfType(type)))
        : operand;
    return { kind: "reinterpret", operand: wide, type, span };
  }
}

function widthOf(bytes: number): Type {
  const width = bytes > 4 ? 8 : bytes > 2 ? 4 : bytes;
  return { kind: "integer", bytes: width as 1 | 2 | 4 | 8, signed: false };
}
