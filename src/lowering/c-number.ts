import type { Type } from "../program/types.ts";

/** A u64 as a value of a type: cut, and extended by its sign. */
export function fitted(c: string, type: Type): string {
  if (type.kind === "boolean") return `!!(${c})`;
  if (type.kind !== "integer" || type.literal) return c;
  const bits = 8 * type.bytes;
  if (bits === 64) return c;
  return type.signed ? `(u64)(s64)(s${bits})(${c})` : `(u64)(u${bits})(${c})`;
}

export function bitField(c: string, { shift, width }: { shift: number; width: number }, type: Type): string {
  const signed = type.kind === "integer" && type.signed;
  const up = 64 - shift - width;
  return signed ? `(u64)((s64)(${c} << ${up}) >> ${64 - width})` : `(${c} << ${up}) >> ${64 - width}`;
}

export function constant(value: bigint): string {
  return `${BigInt.asUintN(64, value)}ULL`;
}
