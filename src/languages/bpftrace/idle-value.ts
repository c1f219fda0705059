import type { Intrinsic, Value } from "../../program/tir.ts";

/** Those that are called for what they do. */
const DOING: ReadonlySet<Intrinsic> = new Set([
  ...(["signal", "signal-thread", "override", "write-user", "debug-print", "sequence-print"] as const),
  ...(["packet-output", "begin-watch", "socket-cookie"] as const),
]);

/** True for a value that does nothing but to be: as a statement it is a mistake. */
export function isIdle(value: Value): boolean {
  switch (value.kind) {
    case "map-delete":
    case "step":
    case "c-call":
      return false;
    case "call":
      return !DOING.has(value.name) && value.arguments.every(isIdle);
    case "block":
      return value.body.length === 0 && value.value !== undefined && isIdle(value.value);
    case "choice":
      return [value.test, value.value ?? value.test, value.otherwise].every(isIdle);
    case "and":
    case "or":
    case "binary":
    case "equal-bytes":
      return isIdle(value.left) && isIdle(value.right);
    case "compose":
      return value.items.every(isIdle);
    case "negate":
    case "not":
    case "complement":
    case "convert":
    case "reinterpret":
      return isIdle(value.operand);
    case "map-value":
    case "map-has":
      return value.key === undefined || isIdle(value.key);
    case "read":
      return isIdle(value.address);
    case "part":
      return isIdle(value.of);
    case "element":
      return isIdle(value.of) && isIdle(value.index);
    default:
      return true;
  }
}
