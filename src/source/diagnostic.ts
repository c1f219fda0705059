import type { SourceText, Span } from "./source-text.ts";

/** An error keeps the program from being loaded; notes belong to another finding. */
export type Severity = "error" | "warning" | "note";

/** Something to say about a place of the user's text. `code` is stable, `hint` is a remedy. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly source: SourceText;
  readonly span: Span;
  readonly notes?: readonly Diagnostic[];
  readonly hint?: string | undefined;
}

/** The diagnostic as people read it: place and message, the line drawn with the part marked, notes, hint. */
export function renderDiagnostic(diagnostic: Diagnostic): string {
  const { source, span, severity, message, notes = [], hint } = diagnostic;
  const { line, column } = source.position(span.start);
  const lines = [`${source.name}:${line}:${column}: ${severity}: ${message}`, ...picture(source, span)];
  for (const note of notes) lines.push(renderDiagnostic(note));
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  return lines.join("\n");
}

function picture(source: SourceText, span: Span): string[] {
  const start = source.position(span.start);
  const text = source.line(start.line);
  if (text.trim() === "") return [];
  const gutter = String(start.line);
  const width = Math.max(1, Math.min(span.end - span.start, text.length - start.column + 1));
  // Tabs stay tabs in the line of marks, so that both lines are indented alike whatever the tab width.
  const indent = text.slice(0, start.column - 1).replace(/[^\t]/g, " ");
  return [`${gutter} | ${text}`, `${" ".repeat(gutter.length)} | ${indent}${"^".padEnd(width, "~")}`];
}
