import type { BpfError } from "../../errors.ts";
import { placedMessage } from "../../output/script/placed-message.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { SourceError } from "../../source/source-error.ts";

/** An error as one-liners tell theirs: `stdin:1:9-12: ERROR: message`, the line, the part underlined. */
export function errorText(error: BpfError): string {
  if (error instanceof SourceError) return error.diagnostics.map(diagnosticText).join("");
  const [first = "", ...rest] = error
    .format()
    .replace(/^error: /, "")
    .split("\n");
  const head = first.startsWith("ERROR: ") ? first : `ERROR: ${first}`;
  return `${[head, ...rest.map((line) => line.replace(/^hint: /, "HINT: "))].join("\n")}\n`;
}

export function diagnosticText({ severity, message, source, span, notes = [], hint }: Diagnostic): string {
  const start = source.position(span.start);
  const end = source.position(span.end);
  const text = source.line(start.line);
  const endColumn = end.line === start.line ? end.column : text.length + 1;
  const placed = placedMessage({
    file: source.name,
    line: start.line,
    column: start.column,
    endColumn: Math.max(endColumn, start.column + 1),
    severity: severity === "error" ? "ERROR" : severity === "warning" ? "WARNING" : "NOTE",
    message,
    text,
  });
  return [placed, ...notes.map(diagnosticText), hint === undefined ? "" : `HINT: ${hint}\n`].join("");
}
