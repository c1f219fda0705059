import type { SourceText } from "../../source/source-text.ts";

/** The text together with the headers of the user's own that it includes, for finding out what is used. */
export function withOwnHeaders(source: SourceText, readHeader: (name: string) => string | undefined): string {
  const parts = [source.text];
  const seen = new Set<string>();
  for (let i = 0; i < parts.length; i++) {
    for (const match of (parts[i] ?? "").matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm)) {
      const name = match[1] ?? "";
      const text = seen.has(name) ? undefined : readHeader(name);
      seen.add(name);
      if (text !== undefined) parts.push(text);
    }
  }
  return parts.join("\n");
}
