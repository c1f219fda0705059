import { readFault } from "../program/run-time-messages.ts";
import type { ScriptAction } from "../program/script.ts";
import type { ScriptEvent, ScriptPlace, ScriptValue } from "./script-value.ts";

/** What a record asks of user space: to tell an event, or to do something with a map, or to end. */
export type ScriptRequest =
  | { readonly kind: "event"; readonly event: ScriptEvent }
  | {
      readonly kind: "print-map";
      readonly action: ScriptAction;
      readonly top: number | undefined;
      readonly divisor: number | undefined;
    }
  | { readonly kind: "clear" | "zero"; readonly map: number }
  /** A process's memory is to be watched, by the program that is named. */
  | { readonly kind: "watch"; readonly program: string; readonly address: bigint; readonly pid: number }
  | { readonly kind: "unwatch"; readonly address: bigint }
  | { readonly kind: "exit"; readonly code: number };

/** What an action asks with the values of its record. `file` is the script's name in messages. */
export function requestOf(action: ScriptAction, values: readonly ScriptValue[], file: string): ScriptRequest {
  const { kind, format = "", map = 0 } = action;
  const place: ScriptPlace | undefined = action.place && { file, ...action.place };
  const callers = action.callers?.map((caller): ScriptPlace => ({ file, ...caller }));
  const tell = (event: ScriptEvent): ScriptRequest => ({ kind: "event", event });
  switch (kind) {
    case "printf":
      return tell({ kind, format, arguments: values });
    case "errorf":
    case "warnf":
      return tell({ kind, format, arguments: values, place, ...(callers && { callers }) });
    case "failed":
      return tell({ kind: "errorf", format, arguments: values, place });
    case "print-value":
      return tell({ kind: "value", value: values[0] ?? { kind: "none" } });
    case "time":
      return tell({ kind, format, at: new Date() });
    case "cat":
    case "system":
      return tell({ kind, format, arguments: values });
    case "join":
      return tell({ kind, items: values.flatMap(texts), separator: action.separator ?? " " });
    case "helper-error": {
      const result = Number(integerOf(values[0]) ?? 0n);
      return tell({
        kind,
        helper: action.helper ?? "",
        result,
        message: action.message ?? readFault(result),
        place,
      });
    }
    case "print-map": {
      // How many, and by what they are divided, may be worked out by the script.
      const [top, divisor] = values.map((value) => Number(integerOf(value)));
      return { kind, action, top: top ?? action.top, divisor: divisor ?? action.divisor };
    }
    case "clear":
    case "zero":
      return { kind, map };
    case "watch": {
      const [address = 0n, pid = 0n] = values.map(integerOf);
      return { kind, program: action.program ?? "", address, pid: Number(pid) };
    }
    case "unwatch":
      return { kind, address: integerOf(values[0]) ?? 0n };
    case "exit":
      return { kind, code: Number(BigInt.asUintN(8, integerOf(values[0]) ?? 0n)) };
    default:
      return tell({ kind: "value", value: values[0] ?? { kind: "none" } });
  }
}

/** The texts of an array without the empty ones, as there are after its end. */
function texts(value: ScriptValue): string[] {
  if (value.kind === "string") return value.value === "" ? [] : [value.value];
  return "items" in value ? value.items.flatMap(texts) : [];
}

function integerOf(value: ScriptValue | undefined): bigint | undefined {
  if (value === undefined) return undefined;
  return value.kind === "integer" ? value.value : undefined;
}
