import type { Aggregate, IntegerType, PointerType, Type } from "../../program/types.ts";
import type { CTypes } from "./c-types.ts";

export const NONE: Type = { kind: "none" };
export const BOOLEAN: Type = { kind: "boolean" };
export const INT64: IntegerType = { kind: "integer", bytes: 8, signed: true };
export const UINT64: IntegerType = { kind: "integer", bytes: 8, signed: false };
export const INT32: IntegerType = { kind: "integer", bytes: 4, signed: true };
export const UINT32: IntegerType = { kind: "integer", bytes: 4, signed: false };
export const INT8: IntegerType = { kind: "integer", bytes: 1, signed: true };

const C_INTEGERS: Readonly<Record<string, readonly [bytes: 1 | 2 | 4 | 8, signed: boolean]>> = {
  char: [1, true],
  short: [2, true],
  int: [4, true],
  long: [8, true],
  size_t: [8, false],
  ssize_t: [8, true],
  uintptr_t: [8, false],
  intptr_t: [8, true],
};

/** An integer type by its name; C's words in any order. */
export function namedInteger(name: string): IntegerType | undefined {
  const plain = /^(?:__)?([us]|uint|int|be)(8|16|32|64)(?:_t)?$/.exec(name);
  if (plain !== null) {
    const bytes = (Number(plain[2]) / 8) as 1 | 2 | 4 | 8;
    return { kind: "integer", bytes, signed: plain[1] === "s" || plain[1] === "int" };
  }
  const words = name.split(" ");
  const unsigned = words.includes("unsigned");
  const main = words.filter((word) => word !== "unsigned" && word !== "signed" && word !== "int");
  const found = C_INTEGERS[main[0] ?? "int"];
  return found === undefined
    ? undefined
    : { kind: "integer", bytes: found[0], signed: found[1] && !unsigned };
}

const DEFERRED = {
  ksym_t: "ksym",
  usym_t: "usym",
  kstack_t: "kstack",
  ustack_t: "ustack",
  username_t: "username",
  timestamp: "strftime",
  mac_address: "mac",
  inet: "inet",
  cgroup_path_t: "cgroup-path",
} as const;

/** A type by the name that a script gives it, without stars and brackets. Undefined when there is none. */
export function namedType(name: string, types: CTypes, maxString: number): Type | undefined {
  if (name === "void") return NONE;
  if (name === "bool") return BOOLEAN;
  if (name === "string") return { kind: "string", size: maxString };
  if (name === "buffer") return { kind: "buffer", size: maxString };
  const deferred = DEFERRED[name as keyof typeof DEFERRED];
  if (deferred !== undefined) return { kind: "deferred", what: deferred };
  return namedInteger(name) ?? types.find(name);
}

export function pointerTo(to: Type, space: PointerType["space"] = "kernel"): PointerType {
  return { kind: "pointer", to, space };
}

/** The smallest type that a literal fits into. */
export function literalType(value: bigint): IntegerType {
  for (const bytes of [1, 2, 4, 8] as const) {
    const half = 1n << BigInt(8 * bytes - 1);
    if (value >= half || value < -half) continue;
    const sign = value < 0n ? { negative: true as const } : {};
    return { kind: "integer", bytes, signed: true, literal: true, ...sign };
  }
  return { kind: "integer", bytes: 8, signed: false, literal: true };
}

/** A type as people read it, for messages. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "integer":
      if (type.enumeration !== undefined && type.enumeration.name !== "")
        return `enum ${type.enumeration.name}`;
      return `${type.signed ? "int" : "uint"}${type.bytes * 8}`;
    case "boolean":
      return "bool";
    case "none":
      return "none";
    case "pointer":
      return `${type.to.kind === "none" ? "void" : typeName(type.to)} *`;
    case "struct":
      return type.name;
    case "array":
      return `${typeName(type.of)}[${type.count}]`;
    case "string":
    case "buffer":
      return `${type.kind}[${type.size}]`;
    case "tuple":
      return `(${type.items.map(typeName).join(",")})`;
    case "record":
      return `{ ${type.fields.map((field) => `.${field.name} = ${typeName(field.type)}`).join(", ")} }`;
    case "deferred": {
      const details = [type.mode, type.depth, type.format].filter((detail) => detail !== undefined);
      return details.length === 0 ? type.what : `${type.what}(${details.join(", ")})`;
    }
    case "aggregate":
      return `${type.aggregate.kind}_t`;
  }
}

/** What an aggregate is as a number; undefined for those that are none. */
export function aggregateNumber(aggregate: Aggregate): IntegerType | undefined {
  switch (aggregate.kind) {
    case "count":
      return UINT64;
    case "sum":
    case "min":
    case "max":
    case "avg":
      return aggregate.signed ? INT64 : UINT64;
    default:
      return undefined;
  }
}
