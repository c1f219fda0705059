import { type NameCandidates, scanNames } from "./scan-names.ts";
import type { TypeTable } from "./type-table.ts";

/**
 * Where each type of one BTF begins, and which may have a name: what takes most of the time of reading a
 * kernel's BTF, and is the same as long as the kernel is.
 */
export class NameIndex {
  readonly starts: Uint32Array;
  /** Hashes of the types' names, ascending; then the types' indexes, in the same order. */
  readonly #types: Uint32Array;
  /** The same of enumerators: hashes, indexes of their enums, first words. */
  readonly #enumerators: Uint32Array;

  private constructor(starts: Uint32Array, types: Uint32Array, enumerators: Uint32Array) {
    this.starts = starts;
    this.#types = types;
    this.#enumerators = enumerators;
  }

  /** Some tens of milliseconds for a kernel. */
  static of(table: TypeTable): NameIndex {
    const { words, starts, strings } = table;
    const { typeIndexes, enumIndexes, enumWords } = scanNames(table, () => true);
    const hashes = (at: readonly number[]) => at.map((word) => hashAt(strings, words[word] as number));
    const types = sortedByHash(hashes(typeIndexes.map((i) => starts[i] as number)), [typeIndexes]);
    return new NameIndex(starts, types, sortedByHash(hashes(enumWords), [enumIndexes, enumWords]));
  }

  /** What `bytes` gave, or undefined when it is of another BTF. */
  static read(bytes: Uint8Array, btfBytes: number): NameIndex | undefined {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2);
    const [size = 0, starts = 0, types = 0, enumerators = 0] = words;
    if (size !== btfBytes || words.length !== 4 + starts + types + enumerators) return undefined;
    const ends = [4 + starts, 4 + starts + types] as const;
    return new NameIndex(
      words.subarray(4, ends[0]),
      words.subarray(ends[0], ends[1]),
      words.subarray(ends[1]),
    );
  }

  /** To be kept on disk. `btfBytes`: the size of the BTF that it is of. */
  bytes(btfBytes: number): Uint8Array {
    const parts = [this.starts, this.#types, this.#enumerators];
    const all = new Uint32Array(4 + parts.reduce((sum, part) => sum + part.length, 0));
    all.set([btfBytes, ...parts.map((part) => part.length)]);
    let at = 4;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return new Uint8Array(all.buffer);
  }

  candidates(names: Iterable<string>): NameCandidates {
    const types: number[] = [];
    const enumerators: { index: number; word: number }[] = [];
    const typeCount = this.#types.length / 2;
    const enumeratorCount = this.#enumerators.length / 3;
    for (const name of names) {
      const hash = hashAt(Buffer.from(`${name}\0`), 0);
      for (const i of matches(this.#types, typeCount, hash)) types.push(this.#types[typeCount + i] as number);
      for (const i of matches(this.#enumerators, enumeratorCount, hash)) {
        const index = this.#enumerators[enumeratorCount + i] as number;
        enumerators.push({ index, word: this.#enumerators[2 * enumeratorCount + i] as number });
      }
    }
    // Two names can have one hash.
    const byWord = new Map(
      enumerators.sort((a, b) => a.word - b.word).map(({ index, word }) => [word, index]),
    );
    return {
      typeIndexes: [...new Set(types)].sort((a, b) => a - b),
      enumIndexes: [...byWord.values()],
      enumWords: [...byWord.keys()],
    };
  }
}

/** Which of the first `count` words, which ascend, are this hash. */
function* matches(words: Uint32Array, count: number, hash: number): Iterable<number> {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle] as number) < hash) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < count && words[i] === hash; i++) yield i;
}

/** The hashes in ascending order, and after them each column in the same order. */
function sortedByHash(hashes: readonly number[], columns: readonly (readonly number[])[]): Uint32Array {
  const count = hashes.length;
  // One number for hash and place: the sort of a typed array compares without a callback.
  const keys = Float64Array.from(hashes, (hash, i) => hash * 2 ** 21 + i).sort();
  const sorted = new Uint32Array(count * (1 + columns.length));
  keys.forEach((key, i) => {
    const place = key % 2 ** 21;
    sorted[i] = Math.floor(key / 2 ** 21);
    columns.forEach((column, j) => {
      sorted[count * (j + 1) + i] = column[place] as number;
    });
  });
  return sorted;
}

/** FNV-1a of the NUL-terminated text at the offset. */
function hashAt(bytes: Buffer, offset: number): number {
  let hash = 0x811c9dc5;
  for (let i = offset; i < bytes.length && bytes[i] !== 0; i++) {
    hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  }
  return hash >>> 0;
}
