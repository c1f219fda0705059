import type { ScriptMapValue, ScriptValue } from "../../values/script-value.ts";
import { divideValue } from "./divide-value.ts";
import { histogramBuckets } from "./histogram-buckets.ts";
import type { MapPrinting } from "./map-text.ts";
import { orderEntries } from "./order-entries.ts";
import { average, spellValue } from "./spell-value.ts";

/** A value as JSON text, spaced as scripts that read it by pattern have it: objects with blanks, arrays without. */
export function jsonValue(value: ScriptValue): string {
  switch (value.kind) {
    case "integer":
    case "pointer":
    case "count":
    case "sum":
    case "min":
    case "max":
      return jsonInteger(value.value);
    case "none":
      return "null";
    case "boolean":
      return String(value.value);
    case "array":
    case "tuple":
      return `[${value.items.map(jsonValue).join(",")}]`;
    case "record":
      return jsonObject(value.fields.map(([name, field]) => [name, jsonValue(field)]));
    case "avg":
      return jsonInteger(average(value));
    case "stats":
      return jsonObject([
        ["count", jsonInteger(value.count)],
        ["average", jsonInteger(average(value))],
        ["total", jsonInteger(value.total)],
      ]);
    case "hist":
    case "lhist":
      return `[${histogramBuckets(value).map(jsonBucket).join(", ")}]`;
    case "tseries":
      return `[${value.points.map(jsonPoint).join(", ")}]`;
    default:
      return jsonText(spellValue(value));
  }
}

/** One object: the map's name, and its value or an object of its keys, those of many parts joined with commas. */
export function jsonMap(map: ScriptMapValue, { top, divisor }: MapPrinting = {}): string {
  const entries = orderEntries(map, top).map(
    ({ keys, value }) => [jsonKey(keys), jsonValue(divideValue(value, divisor))] as const,
  );
  const only = map.keyed ? undefined : entries[0]?.[1];
  return jsonObject([[map.name, only ?? jsonObject(entries)]]);
}

export function jsonObject(entries: readonly (readonly [name: string, json: string])[]): string {
  return `{${entries.map(([name, json]) => `${jsonText(name)}: ${json}`).join(", ")}}`;
}

/** A text in quotes. Bytes that were no UTF-8 are lone surrogates in our texts, which readers of JSON refuse. */
export function jsonText(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

/** What a double does not hold is a string: most readers would change it silently. */
function jsonInteger(value: bigint): string {
  return BigInt(Number(value)) === value ? value.toString() : `"${value}"`;
}

function jsonKey(keys: readonly ScriptValue[]): string {
  const [only, ...others] = keys;
  const parts = only?.kind === "tuple" && others.length === 0 ? only.items : keys;
  return parts.map(keyPart).join(",");
}

function keyPart(value: ScriptValue): string {
  if (value.kind === "tuple") return `(${value.items.map(keyPart).join(",")})`;
  // Enumerators are named in text alone.
  return value.kind === "integer" ? value.value.toString() : spellValue(value, "key");
}

function jsonBucket({
  low,
  high,
  count,
}: {
  low: bigint | undefined;
  high: bigint | undefined;
  count: bigint;
}) {
  const bounds: [string, string][] = [];
  if (low !== undefined) bounds.push(["min", jsonInteger(low)]);
  if (high !== undefined) bounds.push(["max", jsonInteger(high - 1n)]);
  return jsonObject([...bounds, ["count", jsonInteger(count)]]);
}

function jsonPoint({ start, value }: { readonly start: bigint; readonly value: bigint | undefined }): string {
  const [seconds = ""] = new Date(Number(start / 1_000_000n)).toISOString().split(".");
  const decimals = String(start % 1_000_000_000n).padStart(9, "0");
  return jsonObject([
    ["interval_start", jsonText(`${seconds.replace("T", " ")}.${decimals}`)],
    ["value", jsonInteger(value ?? 0n)],
  ]);
}
