import { enumeratorAt } from "./decode-type.ts";
import { KIND, kindOf, type TypeTable } from "./type-table.ts";

const ENUMS = (1 << KIND.enum) | (1 << KIND.enum64);
/** The kinds of type that a scan by name is over, a bit for each. */
export const INDEXED = ENUMS | (1 << KIND.struct) | (1 << KIND.union) | (1 << KIND.typedef) | (1 << KIND.fwd);

/** Types and enumerators of one part that may have one of some names. */
export interface NameCandidates {
  /** Ascending. */
  readonly typeIndexes: readonly number[];
  /** For each enumerator its enum, */
  readonly enumIndexes: readonly number[];
  /** and its first word, ascending. */
  readonly enumWords: readonly number[];
}

/**
 * The types and enumerators whose names, at their offsets in the strings, pass. Only a third of a kernel's
 * strings are names of types or enumerators: the types are read, not the strings.
 */
export function scanNames(table: TypeTable, passes: (offset: number) => boolean): NameCandidates {
  const { words, starts } = table;
  const typeIndexes: number[] = [];
  const enumIndexes: number[] = [];
  const enumWords: number[] = [];
  for (let i = 0; i < starts.length; i++) {
    const at = starts[i] as number;
    const info = words[at + 1] as number;
    const kind = 1 << kindOf(info);
    if ((kind & INDEXED) === 0) continue;
    if (passes(words[at] as number)) typeIndexes.push(i);
    if ((kind & ENUMS) === 0) continue;
    for (let j = 0; j < (info & 0xffff); j++) {
      const word = enumeratorAt(info, at, j);
      if (!passes(words[word] as number)) continue;
      enumIndexes.push(i);
      enumWords.push(word);
    }
  }
  return { typeIndexes, enumIndexes, enumWords };
}
