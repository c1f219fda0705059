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
