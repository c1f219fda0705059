import { fitted, isOneNumber } from "../program/integer-operations.ts";
import { placeItems, sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import { bytesOf, type Datum, encoded, littleEndian, numberOf, readDatum, writeDatum } from "./datum.ts";

/** To a type of the same family: numbers are cut and extended, texts and tuples cut or filled with zeros. */
export function converted(datum: Datum, from: Type, to: Type): Datum {
  if (isOneNumber(to)) {
    return isOneNumber(from) ? fitted(numberOf(datum), to) : readDatum(bytesOf(datum), 0, to);
  }
  const before = bytesOf(datum);
  const after = sizeOfType(to);
  if (before.length === after) return before;
  const bytes = new Uint8Array(after);
  bytes.set(before.subarray(0, after));
  if (after > before.length) return bytes;
  if (to.kind === "string") bytes[after - 1] = 0;
  if (to.kind === "buffer") {
    const length = littleEndian(bytes.subarray(0, 4));
    const most = BigInt(after - 4);
    writeDatum(bytes, 0, { kind: "integer", bytes: 4, signed: false }, length > most ? most : length);
  }
  return bytes;
}

/** The same bytes as another type. A literal has eight of them. */
export function reinterpreted(datum: Datum, from: Type, to: Type): Datum {
  if (isOneNumber(from) && isOneNumber(to)) return fitted(numberOf(datum), to);
  if (isOneNumber(to)) return readDatum(bytesOf(datum), 0, to);
  if (!isOneNumber(from)) return datum;
  const wide: Type = from.kind === "integer" && from.literal ? { ...from, bytes: 8 } : from;
  const bytes = new Uint8Array(sizeOfType(to));
  bytes.set(encoded(datum, wide).subarray(0, bytes.length));
  return bytes;
}

/** A tuple or record of its items. */
export function composed(items: readonly Datum[], types: readonly Type[], type: Type): Uint8Array {
  const { offsets, size } = placeItems(types);
  const bytes = new Uint8Array(Math.max(size, sizeOfType(type)));
  for (const [i, item] of items.entries()) writeDatum(bytes, offsets[i] ?? 0, types[i] as Type, item);
  return bytes;
}

/** Some bits of the number that begins at an offset. */
export function bitsAt(
  bytes: Uint8Array,
  offset: number,
  { shift, width }: { readonly shift: number; readonly width: number },
  type: Type,
): bigint {
  const size = Math.min(8, Math.ceil((shift + width) / 8));
  const value = littleEndian(bytes.subarray(offset, offset + size)) >> BigInt(shift);
  const signed = type.kind === "integer" && type.signed;
  return signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}
