/** What an expression has become: C for a number (u64), or for the place of something larger. */
export interface Operand {
  readonly c: string;
  /** Of a place: what its address can be divided by. */
  readonly alignment: number;
}

export function scalar(c: string): Operand {
  return { c, alignment: 8 };
}

/** The alignment of what lies some bytes after a place. */
export function alignmentAt(alignment: number, offset: number): number {
  let at = alignment;
  while (at > 1 && offset % at !== 0) at /= 2;
  return at;
}
