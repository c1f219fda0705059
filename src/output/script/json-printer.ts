import type { ScriptEvent, ScriptMapValue } from "../../values/script-value.ts";
import { strftime } from "../strftime.ts";
import { jsonMap, jsonObject, jsonText, jsonValue } from "./json-value.ts";
import type { PrintableEvent, Printed, PrinterOptions, ScriptPrinter } from "./printed.ts";
import { printf } from "./printf.ts";
import { messageOf, nanoseconds } from "./text-printer.ts";
import type { TestReport } from "./trial-report.ts";

type Message = Extract<ScriptEvent, { kind: "printf" | "errorf" | "warnf" } | { kind: "helper-error" }>;

/** One JSON object a line, all on stdout: its `type`, and its `data`. */
export function jsonPrinter(options: PrinterOptions): ScriptPrinter {
  return { print: (event) => print(event, options), end: () => ({}) };
}

function print(event: PrintableEvent, options: PrinterOptions): Printed {
  switch (event.kind) {
    case "printf":
      return line("printf", jsonText(printf(event.format, event.arguments)));
    case "value":
      return line("value", jsonValue(event.value));
    case "map":
      return line(mapType(event.map), jsonMap(event.map, event));
    case "time":
      return line("time", jsonText(strftime(event.format, nanoseconds(event.at))));
    case "cat":
      return line("cat", jsonText(event.text));
    case "system":
      return line("syscall", jsonText(event.text));
    case "join":
      return line("join", jsonText(event.items.join(event.separator)));
    case "errorf":
    case "warnf":
    case "helper-error":
      return message(event, options);
    case "attached":
      return options.quiet ? {} : counted("attached_probes", "probes", event.probes);
    case "lost":
      return options.quiet ? {} : counted("lost_events", "events", event.count);
    case "test":
      return test(event);
    case "benchmark":
      return named("benchmark_result", event.names[event.index] ?? "", [
        ["average", String(event.averageNs)],
        ["iters", String(event.runs)],
      ]);
    case "exit":
      return {};
  }
}

function line(type: string, json: string): Printed {
  return {
    stdout: `${jsonObject([
      ["type", jsonText(type)],
      ["data", json],
    ])}\n`,
  };
}

function test({ results, durationNs, output }: TestReport): Printed {
  const { name = "", passed = false } = results.at(-1) ?? {};
  return named("test_result", name, [
    ["duration", String(durationNs)],
    ["passed", String(passed)],
    ["output", jsonText(output)],
  ]);
}

/** An object of one member, which says what it is of. */
function named(type: string, name: string, entries: readonly [string, string][]): Printed {
  return line(type, jsonObject([[name, jsonObject(entries)]]));
}

/** Older readers look into `data`, newer ones at `count`. */
function counted(type: string, what: string, count: number): Printed {
  const data = jsonObject([[what, String(count)]]);
  return {
    stdout: `${jsonObject([
      ["type", jsonText(type)],
      ["data", data],
      ["count", String(count)],
    ])}\n`,
  };
}

function mapType({ valueKind }: ScriptMapValue): string {
  switch (valueKind) {
    case "hist":
    case "lhist":
      return "hist";
    case "avg":
    case "stats":
      return "stats";
    case "tseries":
      return "tseries";
    default:
      return "map";
  }
}

function message(event: Message, { warnings }: PrinterOptions): Printed {
  if (event.kind !== "errorf" && !warnings) return {};
  const place: [string, string][] =
    event.place === undefined
      ? []
      : [
          ["filename", jsonText(event.place.file)],
          ["line", String(event.place.line)],
          ["col", String(event.place.column)],
        ];
  if (event.kind !== "helper-error") {
    return {
      stdout: `${jsonObject([["type", jsonText(event.kind)], ["msg", jsonText(messageOf(event))], ...place])}\n`,
    };
  }
  const { helper, result, message: text } = event;
  const said: [string, string][] =
    helper === ""
      ? [
          ["type", '"runtime_error"'],
          ["msg", jsonText(text)],
        ]
      : [
          ["type", '"helper_error"'],
          ["msg", jsonText(text)],
          ["helper", jsonText(helper)],
          ["retcode", String(result)],
        ];
  return { stdout: `${jsonObject([...said, ...place])}\n` };
}
