import type { StructMember, Type } from "./types.ts";
import type { AggregateLayout, FieldLayout, PlacedLayout, ValueLayout } from "./value-layout.ts";

/** A value of a given kind of deferred type: bytes and alignment. */
const DEFERRED: Readonly<Record<string, readonly [size: number, alignment: number]>> = {
  ksym: [8, 8],
  usym: [16, 8],
  kstack: [8, 8],
  ustack: [16, 8],
  strftime: [8, 8],
  "cgroup-path": [8, 8],
  mac: [6, 1],
  inet: [20, 4],
  username: [8, 8],
  probe: [8, 8],
  errno: [8, 8],
  signal: [8, 8],
  syscall: [8, 8],
  "process-name": [8, 8],
};

/** Bytes of a value in a record, key, map value or tuple. */
export function sizeOfType(type: Type): number {
  switch (type.kind) {
    case "none":
      return 0;
    case "integer":
      return type.bytes;
    case "boolean":
      return 1;
    case "pointer":
      return 8;
    case "struct":
    case "string":
      return type.size;
    case "buffer":
      return 4 + type.size;
    case "array":
      return type.count * sizeOfType(type.of);
    case "tuple":
      return placeItems(type.items).size;
    case "record":
      return placeItems(type.fields.map((field) => field.type)).size;
    case "deferred":
      return DEFERRED[type.what]?.[0] ?? 8;
    case "aggregate":
      return 8 * wordsOf(aggregateLayout(type));
  }
}

function alignmentOf(type: Type): number {
  switch (type.kind) {
    case "integer":
      return type.bytes;
    case "pointer":
    case "struct":
    case "aggregate":
      return 8;
    case "buffer":
      return 4;
    case "array":
      return alignmentOf(type.of);
    case "tuple":
      return Math.max(1, ...type.items.map(alignmentOf));
    case "record":
      return Math.max(1, ...type.fields.map((field) => alignmentOf(field.type)));
    case "deferred":
      return DEFERRED[type.what]?.[1] ?? 8;
    default:
      return 1;
  }
}

/** Where values lie one after the other, as in a C struct. */
export function placeItems(types: readonly Type[], start = 0): { offsets: readonly number[]; size: number } {
  let at = start;
  let widest = 1;
  const offsets = types.map((type) => {
    const alignment = alignmentOf(type);
    widest = Math.max(widest, alignment);
    const offset = Math.ceil(at / alignment) * alignment;
    at = offset + sizeOfType(type);
    return offset;
  });
  return { offsets, size: Math.ceil(at / widest) * widest };
}

/** Words of 64 bits that an aggregate takes on one CPU. */
function wordsOf(aggregate: AggregateLayout): number {
  switch (aggregate.kind) {
    case "count":
    case "sum":
      return 1;
    case "hist":
      return histBuckets(aggregate.bits);
    case "lhist":
      return Number((BigInt(aggregate.max) - BigInt(aggregate.min)) / BigInt(aggregate.step)) + 2;
    case "tseries":
      return 4 * aggregate.intervals;
    default:
      return 2;
  }
}

/** Buckets of a histogram with 2^bits for each power of two; see ScriptValue. */
function histBuckets(bits: number): number {
  const parts = 1 << bits;
  return 1 + parts + (64 - bits) * parts;
}

function aggregateLayout(type: Extract<Type, { kind: "aggregate" }>): AggregateLayout {
  const { aggregate } = type;
  if (aggregate.kind === "lhist") {
    const { min, max, step } = aggregate;
    return { kind: "lhist", min: String(min), max: String(max), step: String(step) };
  }
  if (aggregate.kind === "tseries") return { ...aggregate, intervalNs: String(aggregate.intervalNs) };
  return aggregate;
}

/** The layout that user space reads a value by. */
export function layoutOf(type: Type): ValueLayout {
  const size = sizeOfType(type);
  switch (type.kind) {
    case "none":
      return { kind: "none", size: 0 };
    case "integer": {
      const { enumeration, bytes, signed } = type;
      const names = enumeration === undefined ? undefined : enumNames(enumeration.names);
      return { kind: "integer", size: bytes, signed, names };
    }
    case "pointer":
      return { kind: "pointer", size: 8 };
    case "struct":
      return { kind: "record", size, fields: type.members().flatMap(structFields) };
    case "buffer":
      return { kind: "buffer", size };
    case "array":
      return { kind: "array", size, of: layoutOf(type.of), count: type.count };
    case "tuple":
      return { kind: "tuple", size, items: placed(type.items) };
    case "record": {
      const places = placed(type.fields.map((field) => field.type));
      const fields = type.fields.map(({ name }, i) => ({ ...(places[i] as PlacedLayout), name }));
      return { kind: "record", size, fields };
    }
    case "deferred":
      return {
        kind: "deferred",
        size,
        what: type.what,
        mode: type.mode,
        depth: type.depth,
        format: type.format,
        clock: type.clock,
      };
    case "aggregate":
      return { kind: "aggregate", size, aggregate: aggregateLayout(type) };
    default:
      return { kind: type.kind, size };
  }
}

function placed(types: readonly Type[]): PlacedLayout[] {
  const { offsets } = placeItems(types);
  return types.map((type, i) => ({ offset: offsets[i] ?? 0, layout: layoutOf(type) }));
}

function enumNames(names: ReadonlyMap<bigint, string>): Record<string, string> {
  return Object.fromEntries([...names].map(([value, name]) => [String(value), name]));
}

/** Members of a struct or union without a name are members of what it lies in; nameless bits are padding. */
function structFields(member: StructMember): FieldLayout[] {
  if (member.name !== "") return [structField(member)];
  const { type, bitOffset } = member;
  if (type.kind !== "struct") return [];
  const inner = type.members().flatMap(structFields);
  return inner.map((field) => ({ ...field, offset: field.offset + bitOffset / 8 }));
}

function structField(member: StructMember): FieldLayout {
  const { name, type, bitOffset, bitSize } = member;
  if (bitSize === 0) return { name, offset: bitOffset / 8, layout: layoutOf(type) };
  const offset = Math.floor(bitOffset / 8);
  const shift = bitOffset % 8;
  const size = Math.ceil((shift + bitSize) / 8);
  const signed = type.kind === "integer" && type.signed;
  return { name, offset, layout: { kind: "bits", size, shift, width: bitSize, signed } as const };
}
