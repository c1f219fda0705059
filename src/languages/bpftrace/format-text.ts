/** A conversion of a format: "%-10.10s", "%llx", "%rh". */
export interface Conversion {
  readonly text: string;
  readonly letter: string;
}

const CONVERSION = /%(?:%|([-+ 0#]*)(\d*)(?:\.(\d+))?(hh|h|ll|l|j|z|t|q)?(rx|rh|gr|[diuxXocpsr]))/g;

/** The conversions of a format in order; `bad` is the text of one that there is not. */
export function readFormat(format: string): { conversions: readonly Conversion[]; bad: string | undefined } {
  const conversions: Conversion[] = [];
  const rest = format.replace(CONVERSION, (text, _flags, _width, _precision, _length, letter?: string) => {
    if (letter !== undefined) conversions.push({ text, letter });
    return "";
  });
  return { conversions, bad: /%.?/.exec(rest)?.[0] };
}

/** What bpf_seq_printf() takes. */
export const MOST_KERNEL_VALUES = 12;

const LETTERS: Readonly<Record<string, string>> = {
  d: "lld",
  i: "lli",
  u: "llu",
  x: "llx",
  X: "llX",
  p: "llx",
};

/** The same format for the kernel's own printf, where all numbers have 64 bits; `bad` is what that cannot do. */
export function kernelFormat(format: string): { text: string; bad: string | undefined } {
  let bad: string | undefined;
  const text = format.replace(CONVERSION, (whole, flags, width, precision, _length, letter?: string) => {
    if (letter === undefined) return whole;
    const known = letter === "s" || letter === "c" ? letter : LETTERS[letter];
    if (known === undefined || precision !== undefined || flags.includes("#")) bad ??= whole;
    return `${letter === "p" ? "0x" : ""}%${flags}${width}${known ?? ""}`;
  });
  return { text, bad };
}
