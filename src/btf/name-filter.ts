/**
 * Tells most strings that are none of some names by their first four bytes, without making a string of them:
 * nearly all of a kernel's hundred thousand names are dropped so.
 */
export class NameFilter {
  readonly #marks = new Uint8Array(1 << 16);

  constructor(names: Iterable<string>) {
    for (const name of names) this.#marks[hashAt(Buffer.from(`${name}\0`), 0)] = 1;
  }

  /** False: the NUL-terminated string at the offset is none of the names. */
  passes(strings: Buffer, offset: number): boolean {
    return this.#marks[hashAt(strings, offset)] === 1;
  }
}

function hashAt(bytes: Buffer, offset: number): number {
  const first = bytes[offset] as number;
  if (first === 0) return 0;
  const second = bytes[offset + 1] as number;
  if (second === 0) return first;
  let hash = Math.imul(first, 0x9e3b) ^ Math.imul(second, 0x85eb);
  const third = bytes[offset + 2] as number;
  if (third !== 0) hash ^= Math.imul(third, 0xc2b3) ^ Math.imul(bytes[offset + 3] as number, 0x27d5);
  return (hash ^ (hash >>> 16)) & 0xffff;
}
