import type { LoadOptions, ObjectPlace, UserPlace } from "./load-options.ts";

/** The part of the user's text that a place of the object is. */
export function userPlace(place: ObjectPlace, options: LoadOptions): UserPlace | undefined {
  const { describe, source } = options;
  const described = describe?.(place);
  if (described !== undefined) return described;
  if (source === undefined || place.line < 1 || place.line > source.lineCount) return undefined;
  if (!isFile(place.file, source.name)) return undefined;
  const text = source.line(place.line);
  const indent = text.length - text.trimStart().length;
  const start = source.offset(place.line, Math.max(place.column, indent + 1));
  const end = source.offset(place.line, 1) + text.trimEnd().length;
  return { source, span: { start, end: Math.max(end, start) } };
}

/** Clang names files by their directory, too. */
export function isFile(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}
