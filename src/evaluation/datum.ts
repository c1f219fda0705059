import { fitted, isOneNumber } from "../program/integer-operations.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";

/**
 * A value while a script is evaluated: a number in the range of its type, or the bytes that a larger one has in
 * memory. Bytes are never written to once they are a value.
 */
export type Datum = bigint | Uint8Array;

/** The value that a place in memory has at first. */
export function zeroOf(type: Type): Datum {
  return isOneNumber(type) ? 0n : new Uint8Array(sizeOfType(type));
}

export function numberOf(datum: Datum): bigint {
  if (typeof datum !== "bigint") throw new TypeError("a number was expected, and there are bytes");
  return datum;
}

export function bytesOf(datum: Datum): Uint8Array {
  if (typeof datum === "bigint") throw new TypeError("bytes were expected, and there is a number");
  return datum;
}

/** The value of a type that lies at an offset. */
export function readDatum(bytes: Uint8Array, offset: number, type: Type): Datum {
  const size = widthOf(type);
  if (!isOneNumber(type)) return bytes.slice(offset, offset + size);
  return fitted(littleEndian(bytes.subarray(offset, offset + size)), type);
}

export function writeDatum(bytes: Uint8Array, offset: number, type: Type, datum: Datum): void {
  const size = widthOf(type);
  if (typeof datum !== "bigint") {
    bytes.set(datum.subarray(0, size), offset);
    return;
  }
  for (let i = 0; i < size; i++) bytes[offset + i] = Number(BigInt.asUintN(8, datum >> BigInt(8 * i)));
}

/** A value as it lies in memory. */
export function encoded(datum: Datum, type: Type): Uint8Array {
  const bytes = new Uint8Array(widthOf(type));
  writeDatum(bytes, 0, type, datum);
  return bytes;
}

export function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The bytes of a text before its NUL, or all of them. */
export function textBytes(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function widthOf(type: Type): number {
  return type.kind === "none" ? 8 : sizeOfType(type);
}
