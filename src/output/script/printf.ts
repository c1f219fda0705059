import type { ScriptValue } from "../../values/script-value.ts";
import { columns } from "../columns.ts";
import { gfpFlags } from "./gfp-flags.ts";
import { average, spellBuffer, spellValue } from "./spell-value.ts";

const CONVERSION = /%([-0+ #]*)(\*|\d+)?(?:\.(\*|\d+))?(hh|h|ll|l|z|j|t|L|q)?(rx|rh|r|gr|[diouxXcps%])/g;

/** Bits that a length modifier leaves; without one an int, as in C. */
const BITS: Readonly<Record<string, number>> = {
  hh: 8,
  h: 16,
  l: 64,
  ll: 64,
  z: 64,
  j: 64,
  t: 64,
  L: 64,
  q: 64,
};
const INT_BITS = 32;

type Print = (values: readonly ScriptValue[]) => string;
type Convert = (take: () => ScriptValue) => string;

/** Formats are constants of a script: each is read once. */
const compiled = new Map<string, Print>();

/**
 * What `printf` of a script prints: the conversions d i u x X o c p s, r rx rh for buffers and gr for flags of
 * kernel allocations, with flags, width, precision and length as in C. `%d` without a length is 32 bits wide.
 */
export function printf(format: string, values: readonly ScriptValue[]): string {
  let print = compiled.get(format);
  if (print === undefined) {
    print = compile(format);
    compiled.set(format, print);
  }
  return print(values);
}

function compile(format: string): Print {
  const parts: (string | Convert)[] = [];
  let end = 0;
  for (const match of format.matchAll(CONVERSION)) {
    parts.push(format.slice(end, match.index));
    end = match.index + match[0].length;
    const [, flags = "", width = "", precision, length = "", kind = ""] = match;
    parts.push(kind === "%" ? "%" : conversion({ flags, width, precision, length, kind }));
  }
  parts.push(format.slice(end));
  return (values) => {
    let next = 0;
    const take = () => values[next++] ?? MISSING;
    let text = "";
    for (const part of parts) text += typeof part === "string" ? part : part(take);
    return text;
  };
}

const MISSING: ScriptValue = { kind: "none" };

interface Conversion {
  readonly flags: string;
  readonly width: string;
  readonly precision: string | undefined;
  readonly length: string;
  readonly kind: string;
}

function conversion({ flags, width, precision, length, kind }: Conversion): Convert {
  const value = reading(kind, length);
  const isPlain = flags === "" && width === "" && precision === undefined;
  if (isPlain && (kind === "d" || kind === "i" || kind === "u")) return (take) => value(take()).toString();
  if (isPlain && !"xXopc".includes(kind)) return (take) => String(value(take()));
  const shape = `%${flags}${width}${precision === undefined ? "" : `.${precision}`}${cKind(kind)}`;
  const stars = (shape.match(/\*/g) ?? []).length;
  return (take) => {
    const sizes = Array.from({ length: stars }, () => Number(numberOf(take())));
    return columns(shape, ...sizes, value(take()));
  };
}

function cKind(kind: string): string {
  return "diouxXcp".includes(kind) ? kind : "s";
}

function reading(kind: string, length: string): (value: ScriptValue) => bigint | string {
  const bits = BITS[length] ?? INT_BITS;
  switch (kind) {
    case "d":
    case "i":
      return (value) => BigInt.asIntN(bits, numberOf(value));
    case "u":
    case "x":
    case "X":
    case "o":
      return (value) => BigInt.asUintN(bits, numberOf(value));
    case "p":
      return (value) => BigInt.asUintN(64, numberOf(value));
    case "c":
      return (value) => byteText(Number(BigInt.asUintN(8, numberOf(value))));
    case "r":
      return (value) => bufferText(value, "ascii");
    case "rx":
      return (value) => bufferText(value, "escaped");
    case "rh":
      return (value) => bufferText(value, "hex");
    case "gr":
      return (value) => gfpFlags(numberOf(value));
    default:
      return spellValue;
  }
}

/** A byte that is no ASCII goes out as it is: text has such bytes as lone surrogates. */
function byteText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

function bufferText(value: ScriptValue, how: "ascii" | "escaped" | "hex"): string {
  return value.kind === "buffer" ? spellBuffer(value.value, how) : spellValue(value);
}

function numberOf(value: ScriptValue): bigint {
  switch (value.kind) {
    case "integer":
    case "pointer":
    case "spelled":
    case "count":
    case "sum":
    case "min":
    case "max":
      return value.value;
    case "boolean":
      return value.value ? 1n : 0n;
    case "avg":
    case "stats":
      return average(value);
    default:
      return 0n;
  }
}
