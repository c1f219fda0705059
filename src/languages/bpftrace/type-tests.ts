import type { Type } from "../../program/types.ts";

export function isNumber(type: Type): boolean {
  return type.kind === "integer" || type.kind === "boolean";
}

export function isTestable(type: Type): boolean {
  return (
    isNumber(type) ||
    type.kind === "pointer" ||
    type.kind === "none" ||
    (type.kind === "deferred" && type.what === "username")
  );
}

export function isBytes(type: Type): boolean {
  return ["string", "buffer", "array", "tuple", "record", "struct", "deferred"].includes(type.kind);
}
