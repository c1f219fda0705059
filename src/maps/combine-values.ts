type Combine = (a: number | bigint, b: number | bigint) => number | bigint;

/**
 * One value out of several of a type, one for each CPU: numbers are combined, the members of structs and the
 * elements of lists each for itself, and whatever is no number (texts, bytes, booleans) is the first one's.
 */
export function combineValues<V>(values: readonly V[], combine: Combine): V {
  return values.slice(1).reduce<unknown>((all, value) => combined(all, value, combine), values[0]) as V;
}

/** Adds numbers; of two kinds of number there are none in one type. */
export const add: Combine = (a, b) => (typeof a === "bigint" ? a + (b as bigint) : a + (b as number));

export const larger: Combine = (a, b) => (a >= b ? a : b);

/** Divides every number by `count`; bigints are rounded towards zero, as in C. */
export function divideValue<V>(value: V, count: number): V {
  return combined(value, value, (a) =>
    typeof a === "bigint" ? a / BigInt(count) : (a as number) / count,
  ) as V;
}

function combined(a: unknown, b: unknown, combine: Combine): unknown {
  if (isNumber(a) && isNumber(b)) return combine(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return a.map((each, index) => combined(each, b[index], combine));
  if (!isRecord(a) || !isRecord(b)) return a;
  return Object.fromEntries(
    Object.entries(a).map(([name, each]) => [name, combined(each, b[name], combine)]),
  );
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}
