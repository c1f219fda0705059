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
      const { left, right, negated } = value;
      if (left.kind !== "text" || right.kind !== "text") return undefined;
      return (left.bytes === right.bytes) !== negated;
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
