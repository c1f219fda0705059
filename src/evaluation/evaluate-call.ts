import type { Value } from "../program/tir.ts";
import { sizeOfType } from "../program/type-layout.ts";
import type { Type } from "../program/types.ts";
import { bytesOf, type Datum, encoded, numberOf, sameBytes, textBytes, writeDatum } from "./datum.ts";
import { globMatches } from "./glob-match.ts";
import { notEvaluated } from "./not-evaluated.ts";

type Call = Extract<Value, { kind: "call" }>;

const WORD: Type = { kind: "integer", bytes: 4, signed: false };

/** Functions that need nothing but their arguments. */
export function evaluateCall({ name, type, arguments: values }: Call, given: readonly Datum[]): Datum {
  const types = values.map((value) => value.type);
  const [first = 0n, second = 0n, third] = given;
  switch (name) {
    case "swap-bytes":
      return swapped(numberOf(first), sizeOfType(type));
    case "compare-strings":
      return compared(bytesOf(first), bytesOf(second), third === undefined ? undefined : numberOf(third));
    case "string-contains":
      return indexOf(textBytes(bytesOf(first)), textBytes(bytesOf(second))) < 0n ? 0n : 1n;
    case "string-index":
      return indexOf(textBytes(bytesOf(first)), textBytes(bytesOf(second)));
    case "concatenate":
      return joined(bytesOf(first), bytesOf(second), sizeOfType(type));
    case "glob-match":
      return globMatches(textBytes(bytesOf(first)), textBytes(bytesOf(second))) ? 1n : 0n;
    case "compare-memory":
      return comparedBytes(
        encoded(first, types[0] as Type),
        encoded(second, types[1] as Type),
        Number(third),
      );
    case "string-length":
      return BigInt(textBytes(bytesOf(first)).length);
    case "buffer":
      return buffer(first, numberOf(second), sizeOfType(type));
    case "inet":
      return inet(first, types[0] as Type, sizeOfType(type));
    case "mac":
      return bytesOf(first).slice(0, sizeOfType(type));
    default:
      throw notEvaluated(`the value of ${name}`);
  }
}

function swapped(value: bigint, bytes: number): bigint {
  let result = 0n;
  for (let i = 0; i < bytes; i++) result = (result << 8n) | BigInt.asUintN(8, value >> BigInt(8 * i));
  return result;
}

/** 0 when both are the same as far as `most` bytes, and 1 else. */
function compared(a: Uint8Array, b: Uint8Array, most = BigInt(Math.max(a.length, b.length))): bigint {
  const [x, y] = [textBytes(a), textBytes(b)];
  for (let i = 0; BigInt(i) < most; i++) {
    if (x[i] !== y[i]) return 1n;
    if (x[i] === undefined) break;
  }
  return 0n;
}

/** -1, 0 or 1, by the first byte that differs. */
function comparedBytes(a: Uint8Array, b: Uint8Array, count: number): bigint {
  for (let i = 0; i < count; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x !== y) return x < y ? -1n : 1n;
  }
  return 0n;
}

/** Where a text is in another, or -1. */
function indexOf(text: Uint8Array, wanted: Uint8Array): bigint {
  for (let at = 0; at + wanted.length <= text.length; at++) {
    if (sameBytes(text.subarray(at, at + wanted.length), wanted)) return BigInt(at);
  }
  return -1n;
}

/** One text behind the other, as far as there is room for both and a NUL. */
function joined(a: Uint8Array, b: Uint8Array, size: number): Datum {
  const bytes = new Uint8Array(size);
  const both = [...textBytes(a), ...textBytes(b)];
  bytes.set(both.slice(0, size - 1));
  return bytes;
}

function buffer(from: Datum, length: bigint, size: number): Datum {
  if (typeof from === "bigint") throw notEvaluated("memory");
  const most = BigInt(size - 4);
  const wanted = BigInt.asUintN(64, length);
  const count = wanted > most ? most : wanted;
  const bytes = new Uint8Array(size);
  writeDatum(bytes, 0, WORD, count);
  bytes.set(from.subarray(0, Number(count)), 4);
  return bytes;
}

/** The family, then the address in the order of the network. */
function inet(address: Datum, type: Type, size: number): Datum {
  const bytes = new Uint8Array(size);
  const sixteen = typeof address !== "bigint" && sizeOfType(type) === 16;
  writeDatum(bytes, 0, WORD, sixteen ? 6n : 4n);
  if (typeof address === "bigint") writeDatum(bytes, 4, WORD, address);
  else bytes.set(address.subarray(0, 16), 4);
  return bytes;
}
