import type { Btf } from "./btf.ts";
import { enumeratorAt, enumeratorValue } from "./decode-type.ts";
import { eachString } from "./find-names.ts";
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
  const marks = new Uint8Array(btf.stringsEnd);
  for (let part: Btf | undefined = btf; part !== undefined; part = part.base) {
    const before = part.stringsEnd - part.table.strings.length;
    eachString(part.table.strings, names, (_name, offset) => {
      marks[before + offset] = 1;
    });
  }
  for (const part of chain(btf)) {
    const { words, starts } = part.table;
    for (let i = 0; i < starts.length; i++) {
      const at = starts[i] as number;
      const info = words[at + 1] as number;
      const kind = kindOf(info);
      if (marks[words[at] as number] === 1 && (NAMED_KINDS >>> kind) & 1) {
        add(types, part.string(words[at] as number), part.firstId + i);
      }
      if (kind !== KIND.enum && kind !== KIND.enum64) continue;
      for (let j = 0; j < (info & 0xffff); j++) {
        const word = enumeratorAt(info, at, j);
        if (marks[words[word] as number] !== 1) continue;
        const name = part.string(words[word] as number);
        add(enumerators, name, { name, enumId: part.firstId + i, value: enumeratorValue(words, info, word) });
      }
    }
  }
  return { types, enumerators };
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
