import type { LoadOptions } from "./load/load-options.ts";
import { isFile } from "./load/user-place.ts";
import { originalSpan, type TextChange } from "./program/original-place.ts";
import type { SourceText } from "./source/source-text.ts";

/**
 * What tells where places of an object stand in the text that it was made of. `changes` are what the translation
 * changed; without them only the line is known, and not which part of it.
 */
export function placesIn(
  source: SourceText,
  changes: readonly TextChange[] | undefined,
): NonNullable<LoadOptions["describe"]> {
  return ({ file, line, column }) =>
    isFile(file, source.name) ? { source, span: originalSpan(source, changes, line, column) } : undefined;
}
