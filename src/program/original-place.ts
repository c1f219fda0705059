import type { SourceText, Span } from "../source/source-text.ts";

/** A part of the user's text, and how many characters stand in its place in the code. Line ends stay. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

/**
 * Where a place of the code stands in the user's text: from there to the end of the line. `changes` are in
 * order; without them only the line is known.
 */
export function originalSpan(
  source: SourceText,
  changes: readonly TextChange[] | undefined,
  line: number,
  column: number,
): Span {
  const text = source.line(line);
  const first = source.offset(line, text.length - text.trimStart().length + 1);
  const end = source.offset(line, text.trimEnd().length + 1);
  if (changes === undefined) return { start: first, end };
  const at = originalOffset(source.offset(line, 1), changes, column - 1);
  return { start: Math.min(Math.max(at, first), end), end };
}

/** Walks the line, counting what stands in the code, until `column` characters of it are counted. */
function originalOffset(lineStart: number, changes: readonly TextChange[], column: number): number {
  let original = lineStart;
  let coded = 0;
  for (const { start, end, length } of changes) {
    if (start < lineStart) continue;
    if (column <= coded + start - original) break;
    coded += start - original;
    if (column < coded + length) return start;
    coded += length;
    original = end;
  }
  return original + Math.max(column - coded, 0);
}
