import { BpfError } from "../errors.ts";
import { damaged } from "./btf-damage.ts";

/** The numbers of BTF's kinds, as `info` holds them. */
export const KIND = {
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  fwd: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  func: 12,
  func_proto: 13,
  var: 14,
  datasec: 15,
  float: 16,
  decl_tag: 17,
  type_tag: 18,
  enum64: 19,
} as const;

/** Words after the three that every type has: fixed ones, and ones for each element. */
const FIXED = [0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0];
const EACH = [0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 3];

const MAGIC = 0xeb9f;

/** BTF that is cut into its parts but not decoded: words of the types, where each type begins, strings. */
export interface TypeTable {
  readonly words: Uint32Array;
  /** The word at which a type begins; the first of these types is at index 0. */
  readonly starts: Uint32Array;
  /** Ends in a NUL. */
  readonly strings: Buffer;
}

export function kindOf(info: number): number {
  return (info >>> 24) & 0x1f;
}

/**
 * Cuts BTF into its parts and checks that every part lies inside the bytes. Reads no type but its head, and not
 * even that when it is told where the types begin.
 */
export function readTypeTable(bytes: Uint8Array, isSplit: boolean, knownStarts?: Uint32Array): TypeTable {
  if (bytes.length < 24) throw damaged(`${bytes.length} bytes are less than a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkStart(view);
  const header = view.getUint32(4, true);
  if (header < 24) throw damaged(`the header has ${header} bytes`);
  const types = section(bytes, header + view.getUint32(8, true), view.getUint32(12, true), "types");
  const strings = section(bytes, header + view.getUint32(16, true), view.getUint32(20, true), "strings");
  if (types.length % 4 !== 0) throw damaged(`the types have ${types.length} bytes, not a multiple of 4`);
  if (strings.length === 0 ? !isSplit : strings[strings.length - 1] !== 0) {
    throw damaged("the strings do not end in a NUL");
  }
  if (!isSplit && strings[0] !== 0) throw damaged("the strings do not begin with the empty one");
  const words = wordsOf(types);
  return { words, starts: knownStarts ?? typeStarts(words), strings };
}

function checkStart(view: DataView): void {
  const magic = view.getUint16(0, true);
  if (magic === 0x9feb) {
    throw new BpfError("BTF", "BTF of a machine with the other byte order", {
      hint: "Only little-endian kernels and objects can be read.",
    });
  }
  if (magic !== MAGIC) throw damaged(`the first bytes are ${magic.toString(16)}, not ${MAGIC.toString(16)}`);
  const version = view.getUint8(2);
  if (version !== 1) throw new BpfError("BTF", `BTF of version ${version}; only version 1 is known`);
}

function section(bytes: Uint8Array, start: number, length: number, what: string): Buffer {
  if (start + length > bytes.length) throw damaged(`the ${what} end outside of the bytes`);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
}

/** A view where the memory is aligned, else a copy. */
function wordsOf(types: Buffer): Uint32Array {
  if (types.byteOffset % 4 === 0) return new Uint32Array(types.buffer, types.byteOffset, types.length / 4);
  return new Uint32Array(new Uint8Array(types).buffer);
}

function typeStarts(words: Uint32Array): Uint32Array {
  const starts = new Uint32Array(Math.floor(words.length / 3));
  let count = 0;
  let at = 0;
  while (at < words.length) {
    if (at + 3 > words.length) throw damaged(`type ${count + 1} is cut off`);
    const info = words[at + 1] as number;
    const kind = kindOf(info);
    if (kind === 0 || kind >= FIXED.length) {
      throw new BpfError("BTF", `BTF type ${count + 1} has the unknown kind ${kind}`);
    }
    starts[count++] = at;
    at += 3 + (FIXED[kind] as number) + (EACH[kind] as number) * (info & 0xffff);
  }
  if (at !== words.length) throw damaged(`type ${count} is cut off`);
  return starts.subarray(0, count);
}
