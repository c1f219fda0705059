import type { Diagnostic } from "../../source/diagnostic.ts";
import { SourceText } from "../../source/source-text.ts";

/** The user's part of what the preprocessor printed, its line markers made directives. */
export function expandedSource(preprocessed: string, original: SourceText): SourceText {
  const marker = `# 1 ${JSON.stringify(original.name)}`;
  const start = preprocessed.lastIndexOf(`\n${marker}`);
  const text =
    start < 0 ? preprocessed : preprocessed.slice(start + 1 + marker.length).replace(/^[^\n]*\n/, "");
  return new SourceText(original.name, text);
}

/** A diagnostic about the expanded text, moved to the whole line of the user's text that it stems from. */
export function toOriginal(diagnostic: Diagnostic, original: SourceText): Diagnostic {
  const line = originalLine(diagnostic.source.text.slice(0, diagnostic.span.start));
  const text = original.line(line);
  const start = original.offset(line, text.length - text.trimStart().length + 1);
  return {
    ...diagnostic,
    source: original,
    span: { start, end: original.offset(line, text.trimEnd().length + 1) },
  };
}

/** Which line the text after `before` belongs to, by the line markers in it. */
function originalLine(before: string): number {
  let line = 1;
  let counted = 0;
  for (const marker of before.matchAll(/^# (\d+) "[^\n]*\n/gm)) {
    line = Number(marker[1]);
    counted = marker.index + marker[0].length;
  }
  return line + before.slice(counted).split("\n").length - 1;
}
