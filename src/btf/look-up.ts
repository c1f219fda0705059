import type { Btf } from "./btf.ts";
import { enumeratorAt, enumeratorValue } from "./decode-type.ts";
import { NameFilter } from "./name-filter.ts";
import { KIND, kindOf } from "./type-table.ts";

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

const ENUMS = (1 << KIND.enum) | (1 << KIND.enum64);
const NAMED = ENUMS | (1 << KIND.struct) | (1 << KIND.union) | (1 << KIND.typedef) | (1 << KIND.fwd);

/** Finds many names in one pass over the types: some milliseconds for a kernel. */
export function lookUp(btf: Btf, names: ReadonlySet<string>): NameLookup {
  const types = new Map<string, number[]>();
  const enumerators = new Map<string, NamedEnumerator[]>();
  for (const part of chain(btf)) {
    const { words, starts } = part.table;
    const { typeIndexes, enumIndexes, enumWords } = scan(part, new NameFilter(names));
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

/** Types and enumerators of one part that may have one of the names. */
interface Candidates {
  readonly typeIndexes: readonly number[];
  /** For each enumerator its enum, */
  readonly enumIndexes: readonly number[];
  /** and its first word. */
  readonly enumWords: readonly number[];
}

/** Only a third of a kernel's strings are names of types or enumerators: the types are read, not the strings. */
function scan(part: Btf, filter: NameFilter): Candidates {
  const { words, starts, strings } = part.table;
  const isSplit = part.base !== undefined;
  // The names of a module's types may be strings of the kernel's: there all are candidates.
  const maybe = (offset: number) => isSplit || filter.passes(strings, offset);
  const typeIndexes: number[] = [];
  const enumIndexes: number[] = [];
  const enumWords: number[] = [];
  for (let i = 0; i < starts.length; i++) {
    const at = starts[i] as number;
    const info = words[at + 1] as number;
    const kind = 1 << kindOf(info);
    if ((kind & NAMED) === 0) continue;
    if (maybe(words[at] as number)) typeIndexes.push(i);
    if ((kind & ENUMS) === 0) continue;
    for (let j = 0; j < (info & 0xffff); j++) {
      const word = enumeratorAt(info, at, j);
      if (!maybe(words[word] as number)) continue;
      enumIndexes.push(i);
      enumWords.push(word);
    }
  }
  return { typeIndexes, enumIndexes, enumWords };
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
