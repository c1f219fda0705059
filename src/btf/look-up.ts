import type { Btf } from "./btf.ts";
import { enumeratorValue } from "./decode-type.ts";
import { NameFilter } from "./name-filter.ts";
import { type NameCandidates, scanNames } from "./scan-names.ts";

export interface NamedEnumerator {
  readonly name: string;
  readonly enumId: number;
  readonly value: bigint;
}

/** All types and enumerators that have one of some names. */
export interface NameLookup {
  /** Ids of structs, unions, enums, typedefs and forward declarations, by name, in the order of ids. */
  readonly types: ReadonlyMap<string, readonly number[]>;
  readonly enumerators: ReadonlyMap<string, readonly NamedEnumerator[]>;
}

/** Finds many names in one pass over the types: some milliseconds for a kernel, less with an index. */
export function lookUp(btf: Btf, names: ReadonlySet<string>): NameLookup {
  const types = new Map<string, number[]>();
  const enumerators = new Map<string, NamedEnumerator[]>();
  for (const part of chain(btf)) {
    const { words, starts } = part.table;
    const { typeIndexes, enumIndexes, enumWords } = candidates(part, names);
    for (const index of typeIndexes) {
      const name = part.string(words[starts[index] as number] as number);
      if (names.has(name)) add(types, name, part.firstId + index);
    }
    enumIndexes.forEach((index, i) => {
      const word = enumWords[i] as number;
      const name = part.string(words[word] as number);
      if (!names.has(name)) return;
      const info = words[(starts[index] as number) + 1] as number;
      const value = enumeratorValue(words, info, word);
      add(enumerators, name, { name, enumId: part.firstId + index, value });
    });
  }
  return { types, enumerators };
}

function candidates(part: Btf, names: ReadonlySet<string>): NameCandidates {
  if (part.index !== undefined) return part.index.candidates(names);
  const filter = new NameFilter(names);
  const isSplit = part.base !== undefined;
  // The names of a module's types may be strings of the kernel's: there all are candidates.
  return scanNames(part.table, (offset) => isSplit || filter.passes(part.table.strings, offset));
}

/** The base first. */
function chain(btf: Btf): Btf[] {
  return btf.base === undefined ? [btf] : [...chain(btf.base), btf];
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
