import type { AggregateValue, ScriptValue, StackValue } from "../../values/script-value.ts";

/** How deep the lines of a stack are indented where it is a key, and elsewhere. */
const KEY_INDENT = "    ";
const VALUE_INDENT = "        ";

/**
 * A value of a script as text: `(1, abc)`, `{ .x = 1 }`, `[1,2]`, `0xff`. A stack begins and ends with a line
 * end. Histograms and time series have no text in one line: they give "".
 */
export function spellValue(value: ScriptValue, place: "value" | "key" = "value"): string {
  switch (value.kind) {
    case "integer":
      return value.name ?? value.value.toString();
    case "none":
      return "";
    case "boolean":
      return value.value ? "true" : "false";
    case "pointer":
      return `0x${value.value.toString(16)}`;
    case "string":
      return value.value;
    case "buffer":
      return spellBuffer(value.value, "ascii");
    case "array":
      return `[${value.items.map((item) => spellValue(item, place)).join(",")}]`;
    case "tuple":
      return `(${value.items.map((item) => spellValue(item, place)).join(", ")})`;
    case "record":
      return spellRecord(value.fields.map(([name, field]) => [name, spellValue(field, place)]));
    case "spelled":
      return value.text;
    case "stack":
      return spellStack(value, place === "key" ? KEY_INDENT : VALUE_INDENT);
    default:
      return spellAggregate(value);
  }
}

/** Bytes as text: printable ones as they are ("ascii"), all as \x61 ("escaped") or as 61 62 ("hex"). */
export function spellBuffer(bytes: Uint8Array, how: "ascii" | "escaped" | "hex"): string {
  const hex = (byte: number) => byte.toString(16).padStart(2, "0");
  if (how === "hex") return Array.from(bytes, hex).join(" ");
  const isPlain = (byte: number) => how === "ascii" && byte >= 0x20 && byte < 0x7f;
  return Array.from(bytes, (byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\x${hex(byte)}`)).join(
    "",
  );
}

function spellRecord(fields: readonly (readonly [string, string])[]): string {
  if (fields.length === 0) return "{}";
  return `{ ${fields.map(([name, text]) => `.${name} = ${text}`).join(", ")} }`;
}

function spellStack({ mode, frames }: StackValue, indent: string): string {
  const lines = frames.map(({ address, symbol, module }) => {
    const hex = address.toString(16);
    if (mode === "raw") return `${indent}${hex}`;
    // For tools that read what perf-script(1) prints.
    if (mode === "perf") return `\t${hex} ${symbol ?? "[unknown]"} (${module ?? "[unknown]"})`;
    if (mode === "build_id") return `${indent}${symbol ?? hex}`;
    return `${indent}${symbol ?? `0x${hex}`}`;
  });
  return ["", ...lines, ""].join("\n");
}

function spellAggregate(value: AggregateValue): string {
  switch (value.kind) {
    case "count":
    case "sum":
    case "min":
    case "max":
      return value.value.toString();
    case "avg":
      return average(value).toString();
    case "stats":
      return spellRecord([
        ["count", value.count.toString()],
        ["average", average(value).toString()],
        ["total", value.total.toString()],
      ]);
    default:
      return "";
  }
}

/** As integers are divided in C; 0 where nothing was counted. */
export function average({ count, total }: { readonly count: bigint; readonly total: bigint }): bigint {
  return count === 0n ? 0n : total / count;
}
