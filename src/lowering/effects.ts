import type { Value } from "../program/tir.ts";

/** True when a variable may have another value after this one was worked out. */
export function mayChangeVariables(value: Value): boolean {
  if (value.kind === "step") return true;
  if (value.kind === "block" && value.body.length > 0) return true;
  return partsOf(value).some(mayChangeVariables);
}

function partsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case "map-value":
    case "map-has":
    case "map-delete":
      return value.key === undefined ? [] : [value.key];
    case "read":
      return [value.address];
    case "part":
      return [value.of];
    case "element":
      return [value.of, value.index];
    case "negate":
    case "not":
    case "complement":
    case "convert":
    case "reinterpret":
      return [value.operand];
    case "binary":
    case "equal-bytes":
    case "and":
    case "or":
      return [value.left, value.right];
    case "choice":
      return [value.test, value.otherwise, ...(value.value === undefined ? [] : [value.value])];
    case "compose":
      return value.items;
    case "call":
    case "c-call":
      return value.arguments;
    case "block":
      return value.value === undefined ? [] : [value.value];
    default:
      return [];
  }
}
