import type { ScriptMapValue, ScriptValue } from "../../../../src/values/script-value.ts";

export const int = (value: number | bigint, bytes: 1 | 2 | 4 | 8 = 8, signed = true): ScriptValue => ({
  kind: "integer",
  value: BigInt(value),
  bytes,
  signed,
});
export const enumerator = (value: number, name: string): ScriptValue => ({
  kind: "integer",
  value: BigInt(value),
  bytes: 4,
  signed: false,
  name,
});
export const str = (value: string): ScriptValue => ({ kind: "string", value });
export const bool = (value: boolean): ScriptValue => ({ kind: "boolean", value });
export const ptr = (value: number | bigint): ScriptValue => ({ kind: "pointer", value: BigInt(value) });
export const buf = (text: string): ScriptValue => ({ kind: "buffer", value: Buffer.from(text, "latin1") });
export const tuple = (...items: ScriptValue[]): ScriptValue => ({ kind: "tuple", items });
export const array = (...items: ScriptValue[]): ScriptValue => ({ kind: "array", items });
export const record = (fields: Record<string, ScriptValue>): ScriptValue => ({
  kind: "record",
  fields: Object.entries(fields),
});
export const spelled = (text: string, value = 0): ScriptValue => ({
  kind: "spelled",
  what: "usym",
  text,
  value: BigInt(value),
});
export const count = (value: number): ScriptValue => ({ kind: "count", value: BigInt(value), signed: false });
export const stats = (kind: "avg" | "stats", counted: number, total: number): ScriptValue => ({
  kind,
  count: BigInt(counted),
  total: BigInt(total),
  signed: true,
});

/** A histogram of powers of two of these numbers, counted as the kernel part counts. */
export function hist(numbers: readonly (number | bigint)[], bits = 0): ScriptValue {
  const counts = Array.from({ length: 1 + (1 << bits) + (64 - bits) * (1 << bits) }, () => 0n);
  for (const number of numbers) {
    const at = slot(BigInt(number), bits);
    counts[at] = (counts[at] ?? 0n) + 1n;
  }
  return { kind: "hist", bits, counts };
}

function slot(number: bigint, bits: number): number {
  const parts = 1 << bits;
  if (number < 0n) return 0;
  if (number < BigInt(parts)) return 1 + Number(number);
  const power = number.toString(2).length - 1;
  return 1 + parts + (power - bits) * parts + Number((number >> BigInt(power - bits)) - BigInt(parts));
}

export function lhist(numbers: readonly number[], min: number, max: number, step: number): ScriptValue {
  const counts = Array.from({ length: 2 + (max - min) / step }, () => 0n);
  for (const number of numbers) {
    const at = number < min ? 0 : number >= max ? counts.length - 1 : 1 + Math.floor((number - min) / step);
    counts[at] = (counts[at] ?? 0n) + 1n;
  }
  return { kind: "lhist", min: BigInt(min), max: BigInt(max), step: BigInt(step), counts };
}

export function scalar(name: string, value: ScriptValue): ScriptMapValue {
  return { name, keyed: false, valueKind: value.kind, entries: [{ keys: [], value }] };
}

export function keyed(
  name: string,
  ...entries: readonly (readonly [ScriptValue[], ScriptValue])[]
): ScriptMapValue {
  const valueKind = entries[0]?.[1].kind ?? "integer";
  return { name, keyed: true, valueKind, entries: entries.map(([keys, value]) => ({ keys, value })) };
}
