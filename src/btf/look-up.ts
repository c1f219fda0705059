import type { Btf } from "./btf.ts";
import { enumeratorAt, enumeratorValue } from "./decode-type.ts";
import { offsetsAmong } from "./find-names.ts";
import { KIND, kindOf, type TypeTable } from "./type-table.ts";

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

const NAMED_KINDS =
  (1 << KIND.struct) |
  (1 << KIND.union) |
  (1 << KIND.enum) |
  (1 << KIND.enum64) |
  (1 << KIND.typedef) |
  (1 << KIND.fwd);

/** Finds many names in one pass over the strings and one over the types: about 8 ms for a kernel. */
export function lookUp(btf: Btf, names: ReadonlySet<string>): NameLookup {
  const types = new Map<string, number[]>();
  const enumerators = new Map<string, NamedEnumerator[]>();
  const marks = markedStrings(btf, names);
  for (const part of chain(btf)) {
    const { words, starts } = part.table;
    for (const index of markedTypes(part.table, marks)) {
      add(types, part.string(words[starts[index] as number] as number), part.firstId + index);
    }
    for (const [index, word] of markedEnumerators(part.table, marks)) {
      const name = part.string(words[word] as number);
      const info = words[(starts[index] as number) + 1] as number;
      const value = enumeratorValue(words, info, word);
      add(enumerators, name, { name, enumId: part.firstId + index, value });
    }
  }
  return { types, enumerators };
}

/** A 1 at the offset of each string that is among the names. */
function markedStrings(btf: Btf, names: ReadonlySet<string>): Uint8Array {
  const marks = new Uint8Array(btf.stringsEnd);
  for (const part of chain(btf)) {
    const before = part.stringsEnd - part.table.strings.length;
    for (const offset of offsetsAmong(part.table.strings, names)) marks[before + offset] = 1;
  }
  return marks;
}

/** Indexes of the types whose names are marked. Counts without branching, as the pass over the strings does. */
function markedTypes(table: TypeTable, marks: Uint8Array): Uint32Array {
  const { words, starts } = table;
  const found = new Uint32Array(starts.length + 1);
  let count = 0;
  for (let i = 0; i < starts.length; i++) {
    const at = starts[i] as number;
    found[count] = i;
    count +=
      (marks[words[at] as number] as number) & (NAMED_KINDS >>> ((words[at + 1] as number) >>> 24)) & 1;
  }
  return found.subarray(0, count);
}

/** Index and word of the enumerators whose names are marked. */
function markedEnumerators(table: TypeTable, marks: Uint8Array): [index: number, word: number][] {
  const { words, starts } = table;
  const found: [number, number][] = [];
  for (let i = 0; i < starts.length; i++) {
    const info = words[(starts[i] as number) + 1] as number;
    const kind = kindOf(info);
    if (kind !== KIND.enum && kind !== KIND.enum64) continue;
    for (let j = 0; j < (info & 0xffff); j++) {
      const word = enumeratorAt(info, starts[i] as number, j);
      if (marks[words[word] as number] === 1) found.push([i, word]);
    }
  }
  return found;
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
