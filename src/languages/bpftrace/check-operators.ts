import type { Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { PointerType, Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { Expression, ExpressionOf } from "./ast.ts";
import { CheckBase } from "./check-base.ts";
import { convert } from "./convert.ts";
import { foldBinary, foldUnary } from "./fold-constants.ts";
import { joinIntegers, joinTypes } from "./join-types.ts";
import { withSpace } from "./pointer-space.ts";
import { BOOLEAN, INT64, NONE, pointerTo, typeName, UINT64 } from "./type-names.ts";
import { isBytes, isNumber, isTestable } from "./type-tests.ts";

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);
const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);

/** Operators: what they take, what they give, and what they mean for pointers and bytes. */
export abstract class CheckOperators extends CheckBase {
  protected unary({ operator, operand: inner, span }: ExpressionOf<"unary">): Value {
    if (operator === "&") return this.addressOf(inner, span);
    const operand = this.value(inner);
    const { type } = operand;
    if (type.kind === "none") return operand;
    if (operator === "!") {
      if (!isTestable(type))
        return this.refuse(`The ! operator can not be used on expressions of type '${typeName(type)}'`, span);
      return { kind: "not", operand, type: BOOLEAN, span };
    }
    if (operator === "*") return this.dereference(operand, span);
    if (type.kind !== "integer" && type.kind !== "boolean") {
      return this.refuse(
        `The ${operator} operator can not be used on expressions of type '${typeName(type)}'`,
        span,
      );
    }
    if (operand.kind === "constant") return foldUnary(operator === "-" ? "-" : "~", operand, span);
    if (operator === "-") return { kind: "negate", operand, type: INT64, span };
    const bits = type.kind === "integer" && !type.literal ? { ...type, enumeration: undefined } : INT64;
    return { kind: "complement", operand, type: bits, span };
  }

  protected addressOf(inner: Expression, span: Span): Value {
    if (inner.kind === "variable") {
      const local = this.scope.variable(inner.name);
      if (local !== undefined) return { kind: "address", local, type: pointerTo(local.type, "frame"), span };
      return this.value(inner);
    }
    const value = this.value(inner);
    if (value.kind === "read" && value.bits === undefined) {
      return this.offsetAddress(value.address, value.offset, pointerTo(value.type, value.space), span);
    }
    return this.refuse(
      "the address of this cannot be taken",
      span,
      "It can of variables and of members that a pointer leads to.",
    );
  }

  protected offsetAddress(address: Value, offset: number, type: Type, span: Span): Value {
    const cast: Value = { kind: "convert", operand: address, type: UINT64, span };
    const right = this.constant(BigInt(offset), UINT64, span);
    const sum: Value =
      offset === 0
        ? cast
        : { kind: "binary", operator: "+", left: cast, right, signed: false, type: UINT64, span };
    return { kind: "convert", operand: sum, type, span };
  }

  protected dereference(operand: Value, span: Span): Value {
    const { type } = operand;
    // An address from kaddr(), say: what lies there is a word.
    if (type.kind === "integer" && type.bytes === 8) {
      const address: Value = { kind: "convert", operand, type: pointerTo(UINT64, this.pointerSpace()), span };
      return { kind: "read", address, offset: 0, space: this.pointerSpace(), type: UINT64, span };
    }
    if (type.kind !== "pointer") {
      return this.refuse(`Can not dereference a value of type '${typeName(type)}'`, span);
    }
    if (type.to.kind === "none")
      return this.refuse(
        "Can not dereference a pointer to void",
        span,
        "Cast it to a pointer to a type first.",
      );
    return {
      kind: "read",
      address: operand,
      offset: 0,
      space: type.space,
      type: withSpace(type.to, type),
      span,
    };
  }

  protected binary({ operator, left: l, right: r, span }: ExpressionOf<"binary">): Value {
    const left = this.value(l);
    const right = this.value(r);
    return this.operate(operator, left, right, span);
  }

  /** An operator between two values; assignments with an operator come here too. */
  protected operate(operator: string, left: Value, right: Value, span: Span): Value {
    const [a, b] = [left.type, right.type];
    if (operator === "&&" || operator === "||") return this.#logical(operator, left, right, span);
    if (a.kind === "none" || b.kind === "none") {
      const type = COMPARISONS.has(operator) ? BOOLEAN : NONE;
      return { kind: "constant", value: 0n, type, span };
    }
    if (isBytes(a) || isBytes(b)) return this.#compareBytes(operator, left, right, span);
    if (a.kind === "pointer" || b.kind === "pointer") return this.pointers(operator, left, right, span);
    if (!isNumber(a) || !isNumber(b)) return this.#mismatch(operator, left, right, span);
    this.#warnOfSigns(operator, left, right, span);
    const signed = arithmeticSign(a, b);
    if (COMPARISONS.has(operator)) {
      return { kind: "binary", operator, left, right, signed, type: BOOLEAN, span };
    }
    const type = operator === "-" || signed ? INT64 : UINT64;
    const made = { kind: "binary", operator, signed, type, span } as const;
    if (left.kind === "constant" && right.kind === "constant") {
      const folded = foldBinary(made, left, right);
      if (folded !== undefined) return folded;
    }
    return { ...made, left, right };
  }

  /** A number of 64 bits and one below zero have no type that holds both: they are taken as signed. */
  #warnOfSigns(operator: string, left: Value, right: Value, span: Span): void {
    const [a, b] = [left.type, right.type];
    if (!meetUnsafely(a, b) && !meetUnsafely(b, a)) return;
    const what = COMPARISONS.has(operator) ? "comparison of" : "arithmetic on";
    if (what === "arithmetic on" && !ARITHMETIC.has(operator)) return;
    this.state.warn(
      `${what} integers of different signs: '${typeName(a)}' and '${typeName(b)}' can lead to undefined behavior`,
      span,
      "A cast of one of them says which is meant.",
    );
  }

  #logical(operator: string, left: Value, right: Value, span: Span): Value {
    for (const { type, span: place } of [left, right]) {
      if (!isTestable(type))
        this.error(
          `The ${operator} operator can not be used on expressions of type '${typeName(type)}'`,
          place,
        );
    }
    return { kind: operator === "&&" ? "and" : "or", left, right, type: BOOLEAN, span };
  }

  #compareBytes(operator: string, left: Value, right: Value, span: Span): Value {
    const joined = joinTypes(left.type, right.type);
    if (operator !== "==" && operator !== "!=") return this.#mismatch(operator, left, right, span);
    if (joined === undefined) return this.#mismatch(operator, left, right, span);
    const strings = left.type.kind === "string";
    const l = strings ? left : convert(left, joined);
    const r = strings ? right : convert(right, joined);
    return { kind: "equal-bytes", left: l, right: r, negated: operator === "!=", type: BOOLEAN, span };
  }

  protected pointers(operator: string, left: Value, right: Value, span: Span): Value {
    const [a, b] = [left.type, right.type];
    if (COMPARISONS.has(operator)) {
      return { kind: "binary", operator, left, right, signed: false, type: BOOLEAN, span };
    }
    if (a.kind === "pointer" && b.kind === "pointer" && operator === "-") {
      return { kind: "binary", operator, left, right, signed: true, type: INT64, span };
    }
    if (operator === "&" && (isNumber(a) || isNumber(b)))
      return { kind: "binary", operator, left, right, signed: false, type: UINT64, span };
    const [pointer, offset] = a.kind === "pointer" ? [left, right] : [right, left];
    if (!["+", "-"].includes(operator) || !isNumber(offset.type) || (operator === "-" && pointer !== left)) {
      return this.#mismatch(operator, left, right, span);
    }
    const size = BigInt(Math.max(1, sizeOfType((pointer.type as PointerType).to)));
    const scaled: Value =
      size === 1n
        ? offset
        : offset.kind === "constant"
          ? this.constant(offset.value * size, INT64, offset.span)
          : {
              kind: "binary",
              operator: "*",
              left: offset,
              right: this.constant(size, INT64, span),
              signed: true,
              type: INT64,
              span,
            };
    return {
      kind: "binary",
      operator,
      left: pointer,
      right: scaled,
      signed: false,
      type: pointer.type,
      span,
    };
  }

  #mismatch(operator: string, left: Value, right: Value, span: Span): Value {
    const [a, b] = [typeName(left.type), typeName(right.type)];
    if (left.type.kind === right.type.kind) {
      return this.refuse(
        `The ${operator} operator can not be used on expressions of types '${a}', '${b}'`,
        span,
      );
    }
    return this.refuse(`Type mismatch for '${operator}': comparing '${a}' with '${b}'`, span);
  }

  protected conditional({ test: t, value: v, otherwise: o, span }: ExpressionOf<"conditional">): Value {
    const test = this.value(t);
    if (!isTestable(test.type)) this.error(`Invalid condition in ternary: ${typeName(test.type)}`, test.span);
    const value = v === undefined ? undefined : this.value(v);
    const otherwise = this.value(o);
    const type = joinTypes((value ?? test).type, otherwise.type);
    if (type === undefined) {
      const types = `'${typeName((value ?? test).type)}' and '${typeName(otherwise.type)}'`;
      return this.refuse(`Ternary operator must return the same type: have ${types}`, span);
    }
    if (value === undefined)
      return {
        kind: "choice",
        test: convert(test, type),
        value: undefined,
        otherwise: convert(otherwise, type),
        type,
        span,
      };
    return {
      kind: "choice",
      test,
      value: convert(value, type),
      otherwise: convert(otherwise, type),
      type,
      span,
    };
  }
}

function meetUnsafely(unsigned: Type, signed: Type): boolean {
  if (unsigned.kind !== "integer" || unsigned.signed || unsigned.bytes < 8 || unsigned.literal) return false;
  return signed.kind === "integer" && signed.signed && (!signed.literal || signed.negative === true);
}

function arithmeticSign(a: Type, b: Type): boolean {
  if (a.kind !== "integer" || b.kind !== "integer")
    return a.kind === "integer" ? a.signed : b.kind === "integer" && b.signed;
  return joinIntegers(a, b).signed;
}
