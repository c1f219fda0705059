import type { ScriptEvent } from "../../values/script-value.ts";
import { strftime } from "../strftime.ts";
import { histogramRows } from "./histogram-rows.ts";
import { mapText } from "./map-text.ts";
import { placedMessage } from "./placed-message.ts";
import type { PrintableEvent, Printed, PrinterOptions, ScriptPrinter } from "./printed.ts";
import { printf } from "./printf.ts";
import { spellValue } from "./spell-value.ts";
import { timeSeriesChart } from "./time-series-chart.ts";
import { benchmarkRow, testLines } from "./trial-report.ts";

type Message = Extract<ScriptEvent, { kind: "printf" | "errorf" | "warnf" } | { kind: "helper-error" }>;

/** Text for people: values on stdout, messages on stderr. */
export function textPrinter(options: PrinterOptions): ScriptPrinter {
  return { print: (event) => print(event, options), end: () => ({ stdout: "\n\n" }) };
}

function print(event: PrintableEvent, options: PrinterOptions): Printed {
  switch (event.kind) {
    case "printf":
      return { stdout: printf(event.format, event.arguments) };
    case "value":
      return { stdout: valueText(event.value) };
    case "map":
      return { stdout: mapText(event.map, event) };
    case "time":
      return { stdout: strftime(event.format, nanoseconds(event.at)) };
    case "cat":
    case "system":
      return { stdout: event.text };
    case "join":
      return { stdout: `${event.items.join(event.separator)}\n` };
    case "errorf":
    case "warnf":
    case "helper-error":
      return messageText(event, options);
    case "attached":
      return options.quiet
        ? {}
        : { stderr: `Attached ${event.probes} probe${event.probes === 1 ? "" : "s"}\n` };
    case "lost":
      return options.quiet ? {} : { stderr: `Lost ${event.count} events\n` };
    case "test":
      return { stdout: testLines(event) };
    case "benchmark":
      return { stdout: benchmarkRow(event) };
    case "exit":
      return {};
  }
}

function valueText(value: Parameters<typeof spellValue>[0]): string {
  if (value.kind === "hist" || value.kind === "lhist") return `${histogramRows(value)}\n`;
  if (value.kind === "tseries") return `${timeSeriesChart(value)}\n`;
  return `${spellValue(value)}\n`;
}

function messageText(event: Message, { warnings, line }: PrinterOptions): Printed {
  const severity = event.kind === "errorf" ? "ERROR" : "WARNING";
  if (severity === "WARNING" && !warnings) return {};
  const message = messageOf(event);
  const { place } = event;
  if (place === undefined) return { stderr: `${severity}: ${message}\n` };
  // errorf() and warnf() are the script's own words: the line that has them would say them twice.
  if (event.kind === "helper-error")
    return { stderr: placedMessage({ ...place, severity, message, text: line(place) }) };
  const callers = event.callers ?? [];
  const around = callers.map((caller) =>
    placedMessage({ ...caller, severity, message: "expanded from", text: line(caller) }),
  );
  return { stderr: placedMessage({ ...place, severity, message, text: undefined }) + around.join("") };
}

/** What a message says, without its place. */
export function messageOf(event: Message): string {
  if (event.kind !== "helper-error") return printf(event.format, event.arguments).replace(/\n$/, "");
  if (event.helper === "") return event.message;
  return `${event.message}\nAdditional Info - helper: ${event.helper}, retcode: ${event.result}`;
}

export function nanoseconds(date: Date): bigint {
  return BigInt(date.getTime()) * 1_000_000n;
}
