import { fitted, integerOperation } from "../../program/integer-operations.ts";
import type { ValueOf } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import { INT64, literalType } from "./type-names.ts";

type Constant = ValueOf<"constant">;

const LEAST = -(1n << 63n);
const BEYOND = 1n << 64n;

/**
 * What an operator gives for two constants; undefined where it is left to run time. Constants of a type give what they
 * would give then. Literals are numbers of no type yet: their result may take one bit more than a signed number has.
 */
export function foldBinary(
  { operator, signed, type, span }: Omit<ValueOf<"binary">, "left" | "right">,
  left: Constant,
  right: Constant,
): Constant | undefined {
  if ((operator === "<<" || operator === ">>") && (right.value < 0n || right.value > 63n)) return undefined;
  const shiftsSign = left.type.kind === "integer" && left.type.signed;
  const result = integerOperation(operator, left.value, right.value, { signed, shiftsSign });
  if (result === undefined) return undefined;
  if (type.kind !== "integer" || !isLiteral(left.type) || !isLiteral(right.type)) {
    return { kind: "constant", value: fitted(result, type), type, span };
  }
  const exact = operator !== "-" && result >= LEAST && result < BEYOND;
  return literal(exact ? result : fitted(result, type), span);
}

/** What a sign gives for a constant. */
export function foldUnary(operator: "-" | "~", { value, type }: Constant, span: Span): Constant {
  const result = operator === "-" ? -value : ~value;
  if (isLiteral(type)) return literal(BigInt.asIntN(64, result), span);
  const kept: Type =
    operator === "~" && type.kind === "integer" ? { ...type, enumeration: undefined } : INT64;
  return { kind: "constant", value: fitted(result, kept), type: kept, span };
}

function literal(value: bigint, span: Span): Constant {
  return { kind: "constant", value, type: literalType(value), span };
}

function isLiteral(type: Type): boolean {
  return type.kind === "integer" && type.literal === true;
}
