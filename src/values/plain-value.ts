import type { AggregateValue, ScriptValue, StackValue } from "./script-value.ts";

/**
 * A value of a script as JavaScript has it: numbers up to 32 bits as number, larger ones and pointers as bigint, tuples
 * and arrays as arrays, records as objects, what only user space can spell as its text. An average, a histogram, a
 * stack stay objects with their parts.
 */
export type PlainValue =
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue }
  | StackValue
  | AggregateValue;

export function plainValue(value: ScriptValue): PlainValue {
  switch (value.kind) {
    case "none":
      return undefined;
    case "integer":
      return value.bytes <= 4 ? Number(value.value) : value.value;
    case "boolean":
    case "pointer":
    case "string":
    case "buffer":
    case "count":
    case "sum":
    case "min":
    case "max":
      return value.value;
    case "array":
    case "tuple":
      return value.items.map(plainValue);
    case "record":
      return Object.fromEntries(value.fields.map(([name, field]) => [name, plainValue(field)]));
    case "spelled":
      return value.text;
    default:
      return value;
  }
}
