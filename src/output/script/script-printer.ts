import { jsonPrinter } from "./json-printer.ts";
import type { PrinterOptions, ScriptPrinter } from "./printed.ts";
import { textPrinter } from "./text-printer.ts";

/** How the events of a script become text, or lines of JSON. */
export function scriptPrinter(options: PrinterOptions): ScriptPrinter {
  return options.format === "json" ? jsonPrinter(options) : textPrinter(options);
}
