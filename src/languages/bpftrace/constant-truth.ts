import type { Value } from "../../program/tir.ts";
import { fold } from "./fold-constants.ts";

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
      const [left, right] = [constantTruth(value.left), constantTruth(value.right)];
      const decides = value.kind === "or";
      if (left === decides || right === decides) return decides;
      return left === undefined || right === undefined ? undefined : !decides;
    }
    case "equal-bytes": {
      const { left, right, negated } = value;
      if (left.kind !== "text" || right.kind !== "text") return undefined;
      return (left.bytes === right.bytes) !== negated;
    }
    default: {
      const number = constantNumber(value);
      return number === undefined ? undefined : number !== 0n;
    }
  }
}

function constantNumber(value: Value): bigint | undefined {
  if (value.kind === "constant") return value.value;
  if (value.kind === "block" && value.body.length === 0 && value.value !== undefined)
    return constantNumber(value.value);
  if (value.kind !== "binary") return undefined;
  const [left, right] = [constantNumber(value.left), constantNumber(value.right)];
  if (left === undefined || right === undefined) return undefined;
  const holds = compared(value.operator, left, right);
  return holds === undefined ? fold(value.operator, left, right, value.signed) : holds ? 1n : 0n;
}

function compared(operator: string, left: bigint, right: bigint): boolean | undefined {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    case ">=":
      return left >= right;
    default:
      return undefined;
  }
}
