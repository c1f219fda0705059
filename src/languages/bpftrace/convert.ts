import { fitted } from "../../program/integer-operations.ts";
import type { Value, ValueOf } from "../../program/tir.ts";
import { placeItems } from "../../program/type-layout.ts";
import type { Type } from "../../program/types.ts";
import { isKnown } from "./constant-truth.ts";
import { sameType } from "./join-types.ts";

type RecordType = Extract<Type, { kind: "record" }>;

/** A value as one of another type of its family; the caller knows that it fits. */
export function convert(value: Value, type: Type): Value {
  if (sameType(value.type, type) || value.type.kind === "none" || type.kind === "none") return value;
  if (value.kind === "constant" && (type.kind === "integer" || type.kind === "pointer")) {
    return { ...value, value: fitted(value.value, type), type };
  }
  if (value.kind === "text" && type.kind === "string") return { ...value, type };
  if (value.kind === "compose" && type.kind === "tuple" && value.type.kind === "tuple") {
    const items = value.items.map((item, i) => convert(item, type.items[i] as Type));
    return { ...value, items, type };
  }
  if (type.kind === "tuple" && value.type.kind === "tuple")
    return convertParts(value, value.type.items, type, type.items);
  if (type.kind === "record" && value.type.kind === "record") {
    const { fields } = value.type;
    if (value.kind === "compose" && isKnown(value)) return convertKnown(value, fields, type);
    const { offsets } = placeItems(fields.map((field) => field.type));
    const items = type.fields.map((field) => {
      const at = fields.findIndex(({ name }) => name === field.name);
      const part: Value = {
        kind: "part",
        of: value,
        offset: offsets[at] ?? 0,
        type: fields[at]?.type ?? field.type,
        span: value.span,
      };
      return convert(part, field.type);
    });
    return { kind: "compose", items, type, span: value.span };
  }
  return { kind: "convert", operand: value, type, span: value.span };
}

/** Parts that have no effect may be put into another order. */
function convertKnown(
  value: ValueOf<"compose">,
  fields: RecordType["fields"],
  type: RecordType,
): ValueOf<"compose"> {
  const items = type.fields.map((field) => {
    const at = fields.findIndex(({ name }) => name === field.name);
    return convert(value.items[at] as Value, field.type);
  });
  return { ...value, items, type };
}

function convertParts(value: Value, from: readonly Type[], type: Type, to: readonly Type[]): Value {
  const { offsets } = placeItems(from);
  const items = from.map((part, i): Value => {
    const read: Value = { kind: "part", of: value, offset: offsets[i] ?? 0, type: part, span: value.span };
    return convert(read, to[i] as Type);
  });
  return { kind: "compose", items, type, span: value.span };
}
