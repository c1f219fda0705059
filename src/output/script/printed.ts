import type { ScriptEvent, ScriptPlace } from "../../values/script-value.ts";
import type { TestReport } from "./trial-report.ts";

/** What goes to which stream. */
export interface Printed {
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The content of a file, or what a command wrote: whoever runs the script brings it. */
export type PrintableEvent =
  | Exclude<ScriptEvent, { kind: "cat" | "system" | "test-begin" | "test-end" }>
  | { readonly kind: "cat" | "system"; readonly text: string }
  | ({ readonly kind: "test" } & TestReport);

export interface ScriptPrinter {
  /** What an event shows. */
  print(event: PrintableEvent): Printed;
  /** What stands before the maps that are shown at the end. */
  end(): Printed;
}

export interface PrinterOptions {
  readonly format: "text" | "json";
  /** Nothing is said of probes and of losses. */
  readonly quiet: boolean;
  readonly warnings: boolean;
  /** A line of a source text, where it is known. */
  readonly line: (place: ScriptPlace) => string | undefined;
}
