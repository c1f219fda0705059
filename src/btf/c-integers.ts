import { damaged } from "./btf-damage.ts";
import type { BtfType, EnumType, IntType } from "./btf-type.ts";

/** Names that compilers give to C's integers, with their sizes on 64-bit Linux, in every order of the words. */
const C_INTEGERS: ReadonlyMap<string, number> = new Map([
  ["char", 1],
  ["signed char", 1],
  ["unsigned char", 1],
  ["_Bool", 1],
  ["short", 2],
  ["short int", 2],
  ["short unsigned int", 2],
  ["unsigned short", 2],
  ["int", 4],
  ["unsigned int", 4],
  ["long", 8],
  ["long int", 8],
  ["unsigned long", 8],
  ["long unsigned int", 8],
  ["long long", 8],
  ["long long int", 8],
  ["unsigned long long", 8],
  ["long long unsigned int", 8],
  ["__int128", 16],
  ["unsigned __int128", 16],
  ["__int128 unsigned", 16],
]);

const BY_SIZE: Readonly<Record<number, { signed: string; unsigned: string }>> = {
  1: { signed: "signed char", unsigned: "unsigned char" },
  2: { signed: "short", unsigned: "unsigned short" },
  4: { signed: "int", unsigned: "unsigned int" },
  8: { signed: "long", unsigned: "unsigned long" },
  16: { signed: "__int128", unsigned: "unsigned __int128" },
};

/** The C integer of a size in bytes. */
function integerOfSize(size: number, signed: boolean): string {
  const names = BY_SIZE[size];
  if (names === undefined) throw damaged(`there is no integer of ${size} bytes`);
  return signed ? names.signed : names.unsigned;
}

/** The C type of a BTF integer: its own name where C knows it (Rust's "u8" is no C), else one of its size. */
export function integerName(type: IntType): string {
  if (C_INTEGERS.get(type.name) === type.size) return type.name;
  if (type.encoding === "bool" && type.size === 1) return "_Bool";
  return integerOfSize(type.size, type.encoding === "signed" || type.encoding === "char");
}

/** `long double` differs between targets, so floats that are not 4 or 8 bytes stand as bytes. */
export function floatName(type: Extract<BtfType, { kind: "float" }>): string | undefined {
  if (type.size === 4) return "float";
  return type.size === 8 ? "double" : undefined;
}

/** The integer that has the size and the sign of an enum. */
export function enumInteger(type: EnumType): string {
  return integerOfSize(type.size, type.signed);
}
