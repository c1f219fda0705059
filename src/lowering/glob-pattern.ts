/** A glob pattern that is known when it is compiled. */
export interface GlobPattern {
  /** A byte, or what stands for several; 0 at the end. */
  readonly tokens: readonly number[];
  /** Four words of 64 bits for each set: one bit a byte. */
  readonly sets: readonly (readonly bigint[])[];
}

export const GLOB_STAR = 256;
export const GLOB_ANY = 257;
/** The first set; others follow. */
export const GLOB_SET = 258;

/** Reads a pattern of `*`, `?`, `[a-z]` and `[!a-z]`, as the step for patterns that are not known does. */
export function parseGlob(pattern: string): GlobPattern {
  const end = pattern.indexOf("\0");
  const bytes = Array.from(end < 0 ? pattern : pattern.slice(0, end), (c) => c.charCodeAt(0) & 255);
  const tokens: number[] = [];
  const sets: bigint[][] = [];
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i++] as number;
    if (byte === code("[")) {
      const { words, next } = readSet(bytes, i);
      tokens.push(GLOB_SET + sets.push(words) - 1);
      i = next;
    } else tokens.push(byte === code("*") ? GLOB_STAR : byte === code("?") ? GLOB_ANY : byte);
  }
  return { tokens: [...tokens, 0], sets };
}

/** The bytes of a set: up to a `]` that is not its first. A `-` at its begin or end is one of them. */
function readSet(bytes: readonly number[], from: number): { words: bigint[]; next: number } {
  let next = from;
  const negated = bytes[next] === code("!");
  if (negated) next++;
  const has = new Set<number>();
  for (let first = true; next < bytes.length; first = false) {
    const byte = bytes[next++] as number;
    if (byte === code("]") && !first) break;
    const to = bytes[next + 1];
    const isRange = bytes[next] === code("-") && to !== undefined && to !== code("]");
    if (isRange) next += 2;
    for (let b = byte; b <= (isRange ? to : byte); b++) has.add(b);
  }
  const words = [0n, 0n, 0n, 0n].map((_, word) => {
    let bits = 0n;
    for (let bit = 0; bit < 64; bit++) if (has.has(64 * word + bit) !== negated) bits |= 1n << BigInt(bit);
    return bits;
  });
  return { words, next };
}

function code(character: string): number {
  return character.charCodeAt(0);
}
