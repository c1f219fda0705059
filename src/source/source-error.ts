import { BpfError, hideFields } from "../errors.ts";
import { type Diagnostic, renderDiagnostic } from "./diagnostic.ts";

/** The user's text has errors. `diagnostics` holds all that one run found, warnings and notes included. */
export class SourceError extends BpfError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], options: { cause?: unknown } = {}) {
    super("SOURCE", summary(diagnostics), options);
    this.diagnostics = diagnostics;
    hideFields(this, "diagnostics");
  }

  /** Every finding with the line that it is about, marked. */
  override format(): string {
    return this.diagnostics.map(renderDiagnostic).join("\n");
  }
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === "error");
  const first = errors[0] ?? diagnostics[0];
  if (first === undefined) return "the text has errors";
  const { line, column } = first.source.position(first.span.start);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `${first.source.name}:${line}:${column}: ${first.message}${more}`;
}
