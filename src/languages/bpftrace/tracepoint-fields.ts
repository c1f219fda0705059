import type { IntegerType, Type } from "../../program/types.ts";
import type { CTypes } from "./c-types.ts";
import type { ContextField } from "./probe-context.ts";
import { namedInteger, pointerTo } from "./type-names.ts";

/** The fields of a tracepoint's format file; those that all events have begin with "common_". */
export function tracepointFields(format: string, types: CTypes, space: "kernel" | "user"): ContextField[] {
  const fields: ContextField[] = [];
  const pattern = /^\s*field:([^;]+);\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:(\d);)?/gm;
  for (const [, declaration = "", offset, size, signed] of format.matchAll(pattern)) {
    const place = { size: Number(size), signed: signed === "1" };
    const field = fieldOf(declaration.trim(), place, types, space);
    if (field !== undefined) fields.push({ ...field, offset: Number(offset) });
  }
  return fields;
}

type Place = { readonly size: number; readonly signed: boolean };

function fieldOf(
  declaration: string,
  place: Place,
  types: CTypes,
  space: "kernel" | "user",
): Omit<ContextField, "offset"> | undefined {
  const dynamic = /^__(rel_)?data_loc\s+(.*?)\s*(\w+)$/.exec(declaration);
  if (dynamic !== null) {
    const [, relative, type = "", name = ""] = dynamic;
    const of = elementOf(type.replace(/\[\]$/, "").trim(), types);
    return { name, type: of, dynamic: relative === undefined ? "absolute" : "relative" };
  }
  const array = /^(.*?)\s*(\w+)\s*\[[^\]]*\]$/.exec(declaration);
  if (array !== null) {
    const [, type = "", name = ""] = array;
    return { name, type: arrayOf(type, place, types) };
  }
  const scalar = /^(.*?)\s*(\w+)$/.exec(declaration);
  if (scalar === null) return undefined;
  const [, type = "", name = ""] = scalar;
  return { name, type: scalarOf(type.replace(/\bconst\b/g, "").trim(), place, types, space) };
}

/** Dynamic arrays of char are text; of others what the array consists of is read. */
function elementOf(type: string, types: CTypes): Type {
  const named = namedInteger(type) ?? types.find(type);
  if (named?.kind === "integer" && named.bytes === 1) return { kind: "string", size: 0 };
  return pointerTo(named ?? { kind: "none" });
}

function arrayOf(type: string, { size, signed }: Place, types: CTypes): Type {
  const element = namedInteger(type.replace(/\bconst\b/g, "").trim()) ?? types.find(type);
  if (type === "char") return { kind: "string", size };
  const bytes = element?.kind === "integer" ? element.bytes : 1;
  const of: IntegerType = {
    kind: "integer",
    bytes,
    signed: element?.kind === "integer" ? element.signed : signed,
  };
  return { kind: "array", of, count: size / bytes };
}

function scalarOf(type: string, { size, signed }: Place, types: CTypes, space: "kernel" | "user"): Type {
  const stars = (type.match(/\*/g) ?? []).length;
  if (stars > 0) {
    const name = type.replace(/\*/g, "").trim();
    let to: Type = namedInteger(name) ?? types.find(name) ?? { kind: "none" };
    for (let i = 0; i < stars; i++) to = pointerTo(to, space);
    return to;
  }
  if (type === "bool") return { kind: "boolean" };
  const named = types.find(type);
  if (named !== undefined && named.kind !== "integer" && named.kind !== "boolean") return named;
  if (![1, 2, 4, 8].includes(size))
    return { kind: "array", of: { kind: "integer", bytes: 1, signed: false }, count: size };
  const plain: IntegerType = { kind: "integer", bytes: size as 1 | 2 | 4 | 8, signed };
  return named?.kind === "integer" && named.enumeration !== undefined && named.bytes === size ? named : plain;
}
