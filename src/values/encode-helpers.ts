import { coveredBits, type NeededBits, neededBits } from "./covered-bits.ts";
import type { UnionMember } from "./encode-function.ts";
import { encodeUtf8 } from "./utf8.ts";
import { ValueError } from "./value-error.ts";

/** What the encoding code calls to check and write. Each throws ValueError with the path it was given. */
export const encodeHelpers = {
  /** Always throws: the generated code has tested before. */
  integer(value: unknown, low: bigint, high: bigint, path: string): never {
    throw badInteger(value, low, high, path);
  },

  /** A bigint of a bigint or of a whole number that is exact. */
  wide(value: unknown, low: bigint, high: bigint, path: string): bigint {
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new ValueError(path, `${value} is not exact as a number`, { hint: "Give a bigint." });
    }
    const whole = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
    if (!whole) throw badInteger(value, low, high, path);
    const wide = BigInt(value);
    if (wide < low || wide > high) throw badInteger(value, low, high, path);
    return wide;
  },

  narrowBits(value: unknown, low: bigint, high: bigint, path: string): bigint {
    if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
      throw badInteger(value, low, high, path);
    }
    return BigInt(value);
  },

  boolean(value: unknown, path: string): boolean {
    if (typeof value !== "boolean") throw wrongKind(value, "a boolean", path);
    return value;
  },

  booleanBit(value: unknown, path: string): bigint {
    return encodeHelpers.boolean(value, path) ? 1n : 0n;
  },

  float(value: unknown, path: string): number {
    if (typeof value !== "number") throw wrongKind(value, "a number", path);
    return value;
  },

  object(value: unknown, path: string): void {
    if (typeof value !== "object" || value === null) throw wrongKind(value, "an object", path);
  },

  list(value: unknown, count: number, path: string): void {
    const length =
      Array.isArray(value) || ArrayBuffer.isView(value) ? (value as Uint8Array).length : undefined;
    if (length === undefined) throw wrongKind(value, `an array of ${count}`, path);
    if (length !== count) throw new ValueError(path, `has ${length} elements instead of ${count}`);
  },

  bytes(value: unknown, view: DataView, offset: number, size: number, path: string): void {
    if (!(value instanceof Uint8Array)) throw wrongKind(value, `a Uint8Array of ${size}`, path);
    if (value.length !== size) throw new ValueError(path, `has ${value.length} bytes instead of ${size}`);
    new Uint8Array(view.buffer, view.byteOffset + offset, size).set(value);
  },

  text(value: unknown, view: DataView, offset: number, size: number, path: string): void {
    const bytes = textBytes(value, path);
    if (bytes.length > size) throw new ValueError(path, `has ${bytes.length} bytes, and only ${size} fit`);
    for (let index = 0; index < size; index++) view.setUint8(offset + index, bytes[index] ?? 0);
  },

  putBits(view: DataView, offset: number, shift: number, width: number, value: bigint): void {
    let rest = BigInt.asUintN(width, value) << BigInt(shift);
    for (let at = offset; rest !== 0n; at++, rest >>= 8n) {
      view.setUint8(at, view.getUint8(at) | Number(rest & 0xffn));
    }
  },

  union: encodeUnion,
};

export type EncodeHelpers = typeof encodeHelpers;

/** Any member will do. Several must say the same of the bytes that they share, as a decoded union does. */
function encodeUnion(
  value: Record<string, unknown>,
  view: DataView,
  offset: number,
  path: string,
  size: number,
  members: readonly UnionMember[],
): void {
  const given = members.filter((member) => member.names.some((name) => value[name] !== undefined));
  const [only] = given;
  if (only === undefined) {
    const names = members.map((member) => member.names[0]).join(", ");
    throw new ValueError(path, `needs one member of the union: ${names}`);
  }
  if (given.length === 1) {
    only.encode(value, view, offset, path);
    return;
  }
  const target = new Uint8Array(view.buffer, view.byteOffset + offset, size);
  mergeMembers(value, target, path, given);
}

function mergeMembers(
  value: Record<string, unknown>,
  target: Uint8Array,
  path: string,
  given: readonly UnionMember[],
): void {
  const known = new Uint8Array(target.length);
  const encoded = given.map((member) => {
    const bytes = new Uint8Array(target.length);
    member.encode(value, new DataView(bytes.buffer), 0, path);
    return { bytes, covered: coveredBits(member.shape, bytes), needed: neededBits(member.shape, bytes) };
  });
  for (const { bytes, covered } of encoded) {
    for (const [index, cover] of covered.entries()) {
      const [bits, before, shared] = [bytes[index] ?? 0, target[index] ?? 0, cover & (known[index] ?? 0)];
      if (((bits ^ before) & shared) !== 0) throw disagreement(path, given);
      target[index] = before | (bits & cover);
      known[index] = (known[index] ?? 0) | cover;
    }
  }
  for (const { bytes } of encoded) {
    for (const [index, bits] of bytes.entries()) {
      const more = bits & ~(known[index] ?? 0);
      target[index] = (target[index] ?? 0) | more;
      known[index] = (known[index] ?? 0) | more;
    }
  }
  for (const need of encoded.flatMap(({ needed }) => needed)) {
    if (!setOneOf(need, target, known)) throw disagreement(path, given);
  }
}

/** Where none of the bits is set, sets one that nothing else decides. */
function setOneOf({ start, end }: NeededBits, target: Uint8Array, known: Uint8Array): boolean {
  const bits = Array.from({ length: end - start }, (_, index) => start + index);
  const has = (bytes: Uint8Array, bit: number) => (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
  if (bits.some((bit) => has(target, bit))) return true;
  const free = bits.find((bit) => !has(known, bit));
  if (free === undefined) return false;
  target[free >> 3] = (target[free >> 3] ?? 0) | (1 << (free & 7));
  return true;
}

function disagreement(path: string, given: readonly UnionMember[]): ValueError {
  const names = given.map((member) => member.names[0]).join(", ");
  return new ValueError(path, `the members ${names} of the union have different bytes`, {
    hint: "Give one member only.",
  });
}

function textBytes(value: unknown, path: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "string") throw wrongKind(value, "a string or Uint8Array", path);
  const content = value.replace(/\0+$/, "");
  if (content.includes("\0")) {
    throw new ValueError(path, "has a NUL inside, where C ends the text", { hint: "Give a Uint8Array." });
  }
  return encodeUtf8(content);
}

function badInteger(value: unknown, low: bigint, high: bigint, path: string): ValueError {
  const wide = high > 0xffffffffn;
  if (typeof value !== "number" && typeof value !== "bigint") {
    return wrongKind(value, wide ? "a bigint" : "a number", path);
  }
  if (typeof value === "bigint" && !wide) return wrongKind(value, "a number", path);
  if (typeof value === "number" && !Number.isInteger(value)) {
    return new ValueError(path, `${value} is not a whole number`);
  }
  return new ValueError(path, `${value} is not between ${low} and ${high}`);
}

function wrongKind(value: unknown, wanted: string, path: string): ValueError {
  return new ValueError(path, value === undefined ? "is missing" : `is ${named(value)} instead of ${wanted}`);
}

function named(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
