import type { Aggregate, IntegerType, Type } from "../../program/types.ts";
import { INT64, UINT64 } from "./type-names.ts";

/** The type that holds values of both; undefined when there is none. */
export function joinTypes(a: Type, b: Type): Type | undefined {
  if (a === b) return a;
  if (a.kind === "none") return b;
  if (b.kind === "none") return a;
  if (a.kind === "integer" && b.kind === "integer") return joinIntegers(a, b);
  if (a.kind === "boolean" && b.kind === "boolean") return a;
  if (a.kind === "pointer" && b.kind === "pointer") return a.to.kind === "none" ? b : a;
  // A pointer may be compared with, and start as, the number 0.
  if (a.kind === "pointer" && b.kind === "integer") return b.literal ? a : undefined;
  if (b.kind === "pointer" && a.kind === "integer") return a.literal ? b : undefined;
  if (a.kind === "string" && b.kind === "string") return a.size >= b.size ? a : b;
  if (a.kind === "buffer" && b.kind === "buffer") return a.size >= b.size ? a : b;
  if (a.kind === "struct" && b.kind === "struct") return a.name === b.name ? a : undefined;
  // What their spelling is taken from is part of the type: stacks of a depth are kept together.
  if (a.kind === "deferred" && b.kind === "deferred") return sameType(a, b) ? a : undefined;
  if (a.kind === "array" && b.kind === "array" && a.count === b.count) {
    const of = joinTypes(a.of, b.of);
    return of === undefined ? undefined : { kind: "array", of, count: a.count };
  }
  if (a.kind === "tuple" && b.kind === "tuple") {
    const items = joinLists(a.items, b.items);
    return items === undefined ? undefined : { kind: "tuple", items };
  }
  if (a.kind === "record" && b.kind === "record") return joinRecords(a, b);
  if (a.kind === "aggregate" && b.kind === "aggregate") {
    return sameAggregate(a.aggregate, b.aggregate) ? a : undefined;
  }
  return undefined;
}

export function joinIntegers(a: IntegerType, b: IntegerType): IntegerType {
  const enumeration = a.enumeration === b.enumeration ? a.enumeration : undefined;
  const clock = a.clock === b.clock ? a.clock : undefined;
  const keep = {
    ...(enumeration === undefined ? {} : { enumeration }),
    ...(clock === undefined ? {} : { clock }),
  };
  if (a.signed === b.signed) {
    const literal = a.literal && b.literal ? { literal: true as const } : {};
    const negative = a.literal && b.literal && (a.negative || b.negative) ? { negative: true as const } : {};
    return {
      kind: "integer",
      bytes: a.bytes >= b.bytes ? a.bytes : b.bytes,
      signed: a.signed,
      ...literal,
      ...negative,
      ...keep,
    };
  }
  const [signed, unsigned] = a.signed ? [a, b] : [b, a];
  // A literal that fits takes the other's side.
  if (signed.literal && !signed.negative && signed.bytes <= unsigned.bytes) return unsigned;
  if (signed.negative && !unsigned.literal) return { ...INT64, ...keep };
  if (signed.bytes > unsigned.bytes) return { ...signed, ...keep };
  return unsigned.literal ? UINT64 : INT64;
}

function joinLists(a: readonly Type[], b: readonly Type[]): Type[] | undefined {
  if (a.length !== b.length) return undefined;
  const items: Type[] = [];
  for (const [i, type] of a.entries()) {
    const joined = joinTypes(type, b[i] as Type);
    if (joined === undefined) return undefined;
    items.push(joined);
  }
  return items;
}

/** The order of the first one's fields. */
function joinRecords(
  a: Extract<Type, { kind: "record" }>,
  b: Extract<Type, { kind: "record" }>,
): Type | undefined {
  if (a.fields.length !== b.fields.length) return undefined;
  const fields: { name: string; type: Type }[] = [];
  for (const field of a.fields) {
    const other = b.fields.find(({ name }) => name === field.name);
    const type = other === undefined ? undefined : joinTypes(field.type, other.type);
    if (type === undefined) return undefined;
    fields.push({ name: field.name, type });
  }
  return { kind: "record", fields };
}

export function sameAggregate(a: Aggregate, b: Aggregate): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "hist" && b.kind === "hist") return a.bits === b.bits;
  if (a.kind === "lhist" && b.kind === "lhist")
    return a.min === b.min && a.max === b.max && a.step === b.step;
  if (a.kind === "tseries" && b.kind === "tseries") {
    return a.intervalNs === b.intervalNs && a.intervals === b.intervals && a.how === b.how;
  }
  return true;
}

/** Literals in maps take 64 bits: what is counted up must have room. Those of no sign take the sign of what they meet. */
export function widenForMap(type: Type): Type {
  if (type.kind === "integer" && type.literal) {
    const { enumeration } = type;
    if (enumeration !== undefined) return { ...INT64, enumeration };
    if (!type.signed) return UINT64;
    return type.negative ? INT64 : { ...INT64, literal: true };
  }
  if (type.kind === "tuple") return { kind: "tuple", items: type.items.map(widenForMap) };
  if (type.kind === "record") {
    return {
      kind: "record",
      fields: type.fields.map(({ name, type: of }) => ({ name, type: widenForMap(of) })),
    };
  }
  return type;
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "integer": {
      const other = b as IntegerType;
      return (
        a.bytes === other.bytes &&
        a.signed === other.signed &&
        a.literal === other.literal &&
        a.negative === other.negative &&
        a.clock === other.clock &&
        a.enumeration === other.enumeration
      );
    }
    case "string":
    case "buffer":
      return a.size === (b as typeof a).size;
    case "struct":
      return a.name === (b as typeof a).name;
    case "array":
      return a.count === (b as typeof a).count && sameType(a.of, (b as typeof a).of);
    case "tuple": {
      const { items } = b as typeof a;
      return a.items.length === items.length && a.items.every((type, i) => sameType(type, items[i] as Type));
    }
    case "record": {
      const { fields } = b as typeof a;
      return (
        a.fields.length === fields.length &&
        a.fields.every(({ name, type }, i) => name === fields[i]?.name && sameType(type, fields[i].type))
      );
    }
    case "pointer": {
      const other = b as typeof a;
      if (a.space !== other.space) return false;
      return a.to.kind === "pointer" || other.to.kind === "pointer"
        ? a.to.kind === other.to.kind
        : sameType(a.to, other.to);
    }
    case "aggregate":
      return sameAggregate(a.aggregate, (b as typeof a).aggregate);
    case "deferred":
      return (
        a.what === (b as typeof a).what &&
        a.format === (b as typeof a).format &&
        a.clock === (b as typeof a).clock &&
        a.mode === (b as typeof a).mode &&
        a.depth === (b as typeof a).depth
      );
    default:
      return true;
  }
}
