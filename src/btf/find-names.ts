import { enumeratorAt } from "./decode-type.ts";
import { KIND, kindOf, type TypeTable } from "./type-table.ts";

/** Offsets in a string section at which exactly this string begins; more than one where it is repeated. */
export function stringOffsets(strings: Buffer, name: string): number[] {
  const offsets: number[] = [];
  if (name === "" || name.includes("\0")) return offsets;
  const pattern = Buffer.from(`\0${name}\0`);
  // The strings of split BTF need not begin with a NUL.
  if (strings.subarray(0, pattern.length - 1).equals(pattern.subarray(1))) offsets.push(0);
  for (let at = strings.indexOf(pattern); at >= 0; at = strings.indexOf(pattern, at + 1))
    offsets.push(at + 1);
  return offsets;
}

/**
 * The offsets of all strings that are among the names: one pass over the strings that hashes each of them,
 * instead of one search per name.
 */
export function offsetsAmong(strings: Buffer, names: ReadonlySet<string>): number[] {
  const hashes = new Uint8Array(1 << 16);
  for (const name of names) hashes[foldedHash(Buffer.from(name))] = 1;
  const candidates = hashedStrings(strings, hashes);
  return [...candidates].filter((begin) =>
    names.has(strings.toString("utf8", begin, strings.indexOf(0, begin))),
  );
}

/**
 * Offsets of the strings whose hash is marked. A loop over megabytes that mostly runs once in a process: it
 * counts without branching, because a branch that is first taken late throws the compiled loop away.
 */
function hashedStrings(strings: Buffer, hashes: Uint8Array): Uint32Array {
  const found = new Uint32Array((strings.length >>> 1) + 1);
  let count = 0;
  let hash = 0;
  let begin = 0;
  for (let i = 0; i < strings.length; i++) {
    const byte = strings[i] as number;
    if (byte !== 0) {
      hash = (Math.imul(hash, 31) + byte) | 0;
      continue;
    }
    found[count] = begin;
    count += hashes[(hash ^ (hash >>> 16)) & 0xffff] as number;
    hash = 0;
    begin = i + 1;
  }
  return found.subarray(0, count);
}

function foldedHash(bytes: Buffer): number {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return (hash ^ (hash >>> 16)) & 0xffff;
}

/** Index of the first type of these kinds (a bit for each) whose name is at one of these offsets. */
export function indexOfNamed(table: TypeTable, kinds: number, offsets: readonly number[]): number {
  const { words, starts } = table;
  const [first = -1, ...others] = offsets;
  for (let i = 0; i < starts.length; i++) {
    const at = starts[i] as number;
    const name = words[at] as number;
    if (name !== first && (others.length === 0 || !others.includes(name))) continue;
    if ((kinds >>> kindOf(words[at + 1] as number)) & 1) return i;
  }
  return -1;
}

/** Index of the first enum with an enumerator whose name is at one of these offsets, and its word. */
export function indexOfEnumerator(
  table: TypeTable,
  offsets: readonly number[],
): { index: number; word: number } | undefined {
  const { words, starts } = table;
  for (let i = 0; i < starts.length; i++) {
    const at = starts[i] as number;
    const info = words[at + 1] as number;
    const kind = kindOf(info);
    if (kind !== KIND.enum && kind !== KIND.enum64) continue;
    for (let j = 0; j < (info & 0xffff); j++) {
      const word = enumeratorAt(info, at, j);
      if (offsets.includes(words[word] as number)) return { index: i, word };
    }
  }
  return undefined;
}
