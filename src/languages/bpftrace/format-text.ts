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
