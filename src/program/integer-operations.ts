import type { Type } from "./types.ts";

/** A whole number as a type has it: cut to the type's width, with or without a sign. Pointers have 64 bits. */
export function fitted(value: bigint, type: Type): bigint {
  if (type.kind === "boolean") return value === 0n ? 0n : 1n;
  if (type.kind !== "integer") return BigInt.asUintN(64, value);
  const bits = 8 * type.bytes;
  return type.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** True for types whose values are one number, and false for those that are bytes in memory. */
export function isOneNumber(type: Type): boolean {
  return ["integer", "boolean", "pointer", "none"].includes(type.kind);
}

/**
 * What an operator gives for two numbers of 64 bits, not yet cut to the result's type. `signed` is of division,
 * remainder and comparison; a right shift brings in the sign when its left side is of a signed type. Undefined for a
 * division by zero.
 */
export function integerOperation(
  operator: string,
  left: bigint,
  right: bigint,
  { signed, shiftsSign }: { readonly signed: boolean; readonly shiftsSign: boolean },
): bigint | undefined {
  const cut = (value: bigint) => (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
  const [a, b] = [cut(left), cut(right)];
  const places = BigInt.asUintN(6, right);
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0n ? undefined : a / b;
    case "%":
      return b === 0n ? undefined : a % b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return a << places;
    case ">>":
      return (shiftsSign ? BigInt.asIntN(64, left) : BigInt.asUintN(64, left)) >> places;
    default:
      return comparison(operator, a, b) ? 1n : 0n;
  }
}

function comparison(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    default:
      throw new RangeError(`there is no operator ${operator}`);
  }
}
