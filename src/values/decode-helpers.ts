import type { DecodeElement, DecodeHelpers } from "./decode-source.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Names of tasks and files come again and again: this many are kept for a text member, by their bytes. */
const KEPT_TEXTS = 512;
/** Bytes. Longer texts rarely repeat. */
const LONGEST_KEPT = 64;

export const decodeHelpers: DecodeHelpers = {
  text: (size) => (size <= LONGEST_KEPT && size % 4 === 0 ? keptText(size) : plainText(size)),
  bytes: copyBytes,
  wideBits: (view, offset, size) => {
    let value = 0n;
    for (let at = size - 1; at >= 0; at--) value = (value << 8n) | BigInt(view.getUint8(offset + at));
    return value;
  },
  list: (count, element, stride) => listReader(count, element, stride),
};

function listReader(count: number, element: DecodeElement, stride: number): DecodeElement {
  return (view, offset) => {
    const values: unknown[] = [];
    for (let index = 0, at = offset; index < count; index++, at += stride) values.push(element(view, at));
    return values;
  };
}

function plainText(size: number): (view: DataView, offset: number) => string {
  return (view, offset) => readText(view, offset, size);
}

/** A reader that makes a string only for bytes that it has not met lately. */
function keptText(size: number): (view: DataView, offset: number) => string {
  const words = size / 4;
  const keptWords = new Int32Array(KEPT_TEXTS * words);
  const keptView = new DataView(keptWords.buffer);
  const kept: (string | undefined)[] = new Array(KEPT_TEXTS).fill(undefined);
  return (view, offset) => {
    let hash = 0;
    for (let index = 0; index < words; index++) {
      hash = Math.imul(hash ^ view.getInt32(offset + index * 4, true), 0x9e3779b1);
    }
    const slot = (hash ^ (hash >>> 15)) & (KEPT_TEXTS - 1);
    const first = slot * words;
    let index = 0;
    while (index < words && keptWords[first + index] === view.getInt32(offset + index * 4, true)) index++;
    const known = kept[slot];
    if (index === words && known !== undefined) return known;
    for (index = 0; index < words; index++) {
      keptWords[first + index] = view.getInt32(offset + index * 4, true);
    }
    // From the copy: shared memory may have changed meanwhile, and text must belong to the kept bytes.
    const text = readText(keptView, first * 4, size);
    kept[slot] = text;
    return text;
  };
}

/** UTF-8 up to the first NUL or to `size` bytes; see decodeUtf8 for invalid bytes. */
export function readText(view: DataView, offset: number, size: number): string {
  let text = "";
  for (let index = 0; index < size; index++) {
    const byte = view.getUint8(offset + index);
    if (byte === 0) return text;
    if (byte >= 0x80) return readUtf8(view, offset, size);
    text += String.fromCharCode(byte);
  }
  return text;
}

function readUtf8(view: DataView, offset: number, size: number): string {
  const bytes = copyBytes(view, offset, size);
  const end = bytes.indexOf(0);
  return decodeUtf8(end === -1 ? bytes : bytes.subarray(0, end));
}

/** Byte by byte, because a view of memory mapped for reading does not give its buffer away. */
function copyBytes(view: DataView, offset: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = view.getUint8(offset + index);
  return bytes;
}
