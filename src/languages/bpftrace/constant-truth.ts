import type { Value, ValueOf } from "../../program/tir.ts";
import { foldBinary } from "./fold-constants.ts";

/** Whether a condition holds, where that is known when the script is compiled. */
export function constantTruth(value: Value): boolean | undefined {
  if (value.type.kind === "none") return undefined;
  switch (value.kind) {
    case "not": {
      const operand = constantTruth(value.operand);
      return operand === undefined ? undefined : !operand;
    }
    case "and":
    case "or": {
      // A left side that is not known is evaluated, whatever the right side is: it may have an effect.
      const left = constantTruth(value.left);
      const decides = value.kind === "or";
      return left === !decides ? constantTruth(value.right) : left;
    }
    case "equal-bytes": {
      const same = sameConstants(value.left, value.right);
      return same === undefined ? undefined : same !== value.negated;
    }
    default: {
      const constant = constantOf(value);
      return constant === undefined ? undefined : constant.value !== 0n;
    }
  }
}

function constantOf(value: Value): ValueOf<"constant"> | undefined {
  if (value.kind === "constant") return value;
  if (value.kind === "block" && value.body.length === 0 && value.value !== undefined)
    return constantOf(value.value);
  if (value.kind !== "binary") return undefined;
  const [left, right] = [constantOf(value.left), constantOf(value.right)];
  return left === undefined || right === undefined ? undefined : foldBinary(value, left, right);
}

/** True for a value that is written in the script, in whole and in parts. */
export function isKnown(value: Value): boolean {
  if (value.kind === "compose") return value.items.every(isKnown);
  return value.kind === "constant" || value.kind === "text";
}

/** Whether two values that are known are the same; undefined where one of them is not known. */
function sameConstants(left: Value, right: Value): boolean | undefined {
  const [a, b] = [knownIn(left), knownIn(right)];
  if (a.kind === "text" && b.kind === "text") return textOf(a) === textOf(b);
  if (a.kind === "constant" && b.kind === "constant") return a.value === b.value;
  if (a.kind !== "compose" || b.kind !== "compose" || !isKnown(a) || !isKnown(b)) return undefined;
  return a.items.every((item, i) => sameConstants(item, b.items[i] as Value) ?? false);
}

/** As far as its NUL, and as its type has room for. */
function textOf({ bytes, type }: ValueOf<"text">): string {
  const room = type.kind === "string" ? Math.max(0, type.size - 1) : bytes.length;
  return bytes.slice(0, room).replace(/\0[\s\S]*$/, "");
}

/** What stands in a block without statements, as macros give it. */
function knownIn(value: Value): Value {
  return value.kind === "block" && value.body.length === 0 && value.value !== undefined
    ? knownIn(value.value)
    : value;
}
