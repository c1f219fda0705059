/**
 * JSON without newlines. A bigint is a number where a double holds it exactly and a string of digits elsewhere;
 * a Uint8Array is a string of hexadecimal digits.
 */
function toJson(value: unknown): string {
  return JSON.stringify(value, plain) ?? "null";
}

/**
 * One line of newline-delimited JSON, its newline included. A bigint is a number where a double holds it exactly
 * and a string of digits elsewhere; a Uint8Array is a string of hexadecimal digits.
 *
 * @example
 * for await (const event of bpf.rings.events) process.stdout.write(ndjsonLine(event));
 */
export function ndjsonLine(value: unknown): string {
  return `${toJson(value)}\n`;
}

/** Looks at the property itself: a Buffer's own toJSON has already replaced `value`. */
function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key];
  if (raw instanceof Uint8Array) return hex(raw);
  // Bytes that were no UTF-8 are lone surrogates in our texts, which many readers of JSON refuse.
  if (typeof raw === "string") return raw.replace(/\p{Surrogate}/gu, "\ufffd");
  if (typeof raw !== "bigint") return value;
  const number = Number(raw);
  return Number.isSafeInteger(number) ? number : raw.toString();
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
