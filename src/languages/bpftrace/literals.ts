const DURATIONS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

export interface IntegerLiteral {
  readonly value: bigint;
  readonly unsigned: boolean;
  readonly duration?: boolean;
}

/** 12, 0x1f, 0755, 1_000, 1e6, with a suffix of C (12UL) or a duration's (10ms). Undefined when it is none. */
export function parseInteger(text: string): IntegerLiteral | undefined {
  const match = /^(0[xX][\da-fA-F_]+|\d[\d_]*(?:[eE]\d+)?)([A-Za-z]*)$/.exec(text);
  if (match === null) return undefined;
  const [, digits = "", suffix = ""] = match;
  const value = numberOf(digits.replaceAll("_", ""));
  if (value === undefined) return undefined;
  if (suffix === "") return { value, unsigned: false };
  if (/^(?:u|l|ul|ll|ull|lu|llu)$/i.test(suffix)) return { value, unsigned: /u/i.test(suffix) };
  const factor = DURATIONS[suffix];
  return factor === undefined ? undefined : { value: value * factor, unsigned: false, duration: true };
}

function numberOf(digits: string): bigint | undefined {
  if (/^0x/i.test(digits)) return digits.length > 2 ? BigInt(digits) : undefined;
  const exponent = /^(\d+)e(\d+)$/i.exec(digits);
  if (exponent !== null) {
    const power = Number(exponent[2]);
    return power > 19 ? undefined : BigInt(exponent[1] ?? 0) * 10n ** BigInt(power);
  }
  if (/^0\d/.test(digits)) return /^[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : undefined;
  return BigInt(digits);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/**
 * What stands between the quotes, as bytes: one character of the result for each byte. Undefined for an escape
 * that there is not.
 */
export function unescapeString(text: string): string | undefined {
  let known = true;
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  const plain = bytes.replace(
    /\\(?:x([\da-fA-F]{1,2})|([0-7]{1,3})|(\n)|([\s\S]))/g,
    (_, hex?: string, octal?: string, lineEnd?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      if (lineEnd !== undefined) return "";
      const meaning = ESCAPES[letter ?? ""];
      known &&= meaning !== undefined;
      return meaning ?? "";
    },
  );
  return known ? plain : undefined;
}
