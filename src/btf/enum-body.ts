import type { EnumType } from "./btf-type.ts";
import { enumInteger } from "./c-integers.ts";

/**
 * The part of an enum after its name. Where C itself comes to the right size nothing is said about the type,
 * because enumerators of an enum with a fixed type have that type, and plain ones are int as in the kernel.
 */
export function enumBody(type: EnumType, values: EnumType["values"]): string {
  const list = values.map(({ name, value }) => `\t${name} = ${literal(value)},\n`).join("");
  const fixed = naturalSize(values) === type.size ? "" : ` : ${enumInteger(type)}`;
  return `${fixed} {\n${list}}`;
}

function naturalSize(values: EnumType["values"]): number {
  let least = 0n;
  let most = 0n;
  for (const { value } of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const fitsInInt = least >= -(2n ** 31n) && most < 2n ** 31n;
  return fitsInInt || (least === 0n && most < 2n ** 32n) ? 4 : 8;
}

/** The least number of 64 bits has no literal of its own in C. */
function literal(value: bigint): string {
  if (value === -(2n ** 63n)) return "-9223372036854775807LL - 1";
  if (value >= 2n ** 63n) return `${value}ULL`;
  return value >= 2n ** 31n || value < -(2n ** 31n) ? `${value}LL` : `${value}`;
}
