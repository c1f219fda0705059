import type { CWriter } from "./c-writer.ts";
import { alignmentAt, type Operand } from "./operand.ts";

/** Bytes of a text that are compared at once. */
interface Chunk {
  readonly offset: number;
  /** Bytes that are read: 8, 4, 2 or 1. */
  readonly width: number;
  /** Of these, from the first on. */
  readonly count: number;
}

/**
 * Whether a text in memory is the same as one that is known, as far as a number of characters: by words instead of by
 * characters, which is less to run and less to verify. Undefined where the place is not aligned.
 *
 * @param size bytes that the text has in memory
 */
export function sameAsLiteral(
  out: CWriter,
  { c, alignment }: Operand,
  size: number,
  literal: string,
  most: number,
): string | undefined {
  if (alignment < 4) return undefined;
  const nul = literal.indexOf("\0");
  const length = nul < 0 ? literal.length : nul;
  let count = Math.min(most, length + 1);
  // What lies beyond the memory counts as NUL.
  if (count > size) {
    if (length !== size) return "0ULL";
    count = size;
  }
  const [first, ...rest] = chunks(count, size, alignment);
  if (first === undefined) return "1ULL";
  const result = out.number(`${read(c, first)} == ${word(literal, first)}`);
  if (rest.length === 0) return result;
  out.line(`if (${result}) {`);
  const differences = rest.map((chunk) => `(${read(c, chunk)} ^ ${word(literal, chunk)})`);
  const all = out.number(differences.join(" | "));
  // One test of all, where the compiler would make a branch of each.
  out.line(`barrier_var(${all});`);
  out.line(`${result} = ${all} == 0;`);
  out.line("}");
  return result;
}

function chunks(count: number, size: number, alignment: number): Chunk[] {
  const all: Chunk[] = [];
  for (let offset = 0; offset < count; ) {
    const left = count - offset;
    let width = alignmentAt(Math.min(8, alignment), offset);
    while (width > 1 && (width / 2 >= left || offset + width > size)) width /= 2;
    all.push({ offset, width, count: Math.min(width, left) });
    offset += width;
  }
  return all;
}

/** With what is not compared shifted out. */
function read(c: string, { offset, width, count }: Chunk): string {
  const value = `*(u${8 * width} *)(${c} + ${offset})`;
  return count === width ? `(u64)${value}` : `((u64)${value} << ${8 * (8 - count)})`;
}

function word(literal: string, { offset, width, count }: Chunk): string {
  let value = 0n;
  for (let i = 0; i < count; i++) {
    value |= BigInt((literal.charCodeAt(offset + i) || 0) & 255) << BigInt(8 * i);
  }
  return `${count === width ? value : value << BigInt(8 * (8 - count))}ULL`;
}
