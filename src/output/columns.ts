import { BpfError } from "../errors.ts";

/** One conversion of a format: "%-12.12s" has the flag "-", width 12, precision 12, kind "s". */
const CONVERSION = /%([-0+ #]*)(\*|\d+)?(?:\.(\*|\d+))?(?:hh|h|ll|l|z|j|t|q)?([a-zA-Z%])/g;

interface Conversion {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly kind: string;
}

/**
 * Formats values as C's printf and Python's % do. Numbers may be number or bigint, and length modifiers are ignored. Widths count characters. Knows d i u x X o c s f e g
 * p and %; throws BpfError "FORMAT" for others, and when values are missing, superfluous or no numbers.
 *
 * @example
 * columns("%-6d %-12.12s", 1234, "cat"); // "1234   cat         "
 */
export function columns(format: string, ...values: readonly unknown[]): string {
  let next = 0;
  const take = (): unknown => {
    if (next >= values.length)
      throw badFormat(format, `has more conversions than the ${values.length} values`);
    return values[next++];
  };
  const size = (text: string | undefined) => (text === "*" ? Number(take()) : Number(text));
  const text = format.replace(CONVERSION, (whole, flags, width, precision, kind) => {
    if (kind === "%") return "%";
    const wide = width === undefined ? 0 : size(width);
    const conversion = {
      flags: wide < 0 ? `${flags}-` : flags,
      width: Math.abs(wide),
      precision: precision === undefined ? undefined : size(precision),
      kind,
    };
    return convert(conversion, take(), () => badFormat(format, `cannot print its value with ${whole}`));
  });
  if (next < values.length) throw badFormat(format, `uses ${next} of the ${values.length} values`);
  return text;
}

function convert(conversion: Conversion, value: unknown, bad: () => BpfError): string {
  const { precision, kind } = conversion;
  if (kind === "s") return pad(conversion, "", String(value).slice(0, precision));
  if (kind === "c")
    return pad(conversion, "", typeof value === "number" ? String.fromCodePoint(value) : `${value}`);
  if (typeof value !== "number" && typeof value !== "bigint") throw bad();
  if ("diu".includes(kind)) return integer(conversion, value, 10, "", bad);
  if (kind === "p") return integer(conversion, value, 16, "0x", bad);
  if ("xX".includes(kind)) {
    const marked = conversion.flags.includes("#") && Number(value) !== 0;
    return integer(conversion, value, 16, marked ? `0${kind}` : "", bad);
  }
  if (kind === "o") return integer(conversion, value, 8, "", bad);
  if ("feEgG".includes(kind)) return signed(conversion, real(conversion, Number(value)));
  throw bad();
}

function integer(
  conversion: Conversion,
  value: number | bigint,
  radix: number,
  prefix: string,
  bad: () => BpfError,
): string {
  const whole = typeof value === "number" ? Math.trunc(value) : value;
  if (typeof whole === "number" && !Number.isFinite(whole)) throw bad();
  const wide = BigInt(whole);
  const bare = wide === 0n ? "" : (wide < 0n ? -wide : wide).toString(radix);
  const digits = bare.padStart(conversion.precision ?? 1, "0");
  const marked = radix === 8 && conversion.flags.includes("#") && !digits.startsWith("0");
  const cased = marked ? `0${digits}` : conversion.kind === "X" ? digits.toUpperCase() : digits;
  // As in C, a precision switches the zero flag off.
  const flags = conversion.precision === undefined ? conversion.flags : conversion.flags.replace("0", "");
  return signed({ ...conversion, flags }, `${wide < 0n ? "-" : ""}${prefix}${cased}`);
}

function real({ precision = 6, kind, flags }: Conversion, value: number): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "inf").replace("NaN", "nan");
  if (kind === "f") return fixed(value, precision);
  if (kind.toLowerCase() === "e") return exponent(value.toExponential(precision), kind);
  const significant = precision === 0 ? 1 : precision;
  const power = value === 0 ? 0 : Number(value.toExponential(significant - 1).split("e")[1]);
  const scientific = power < -4 || power >= significant;
  const text = scientific
    ? value.toExponential(significant - 1)
    : value.toFixed(Math.max(0, significant - 1 - power));
  const short = flags.includes("#") ? text : text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
  return scientific ? exponent(short, kind === "G" ? "E" : "e") : short;
}

/** toFixed rounds 2.25 to 2.3 and C to 2.2: of two that are as near, C takes the even one. */
function fixed(value: number, precision: number): string {
  const text = value.toFixed(precision);
  const exact = value.toFixed(Math.min(100, precision + 60));
  const end = exact.indexOf(".") + 1 + precision;
  const tie = /^50*$/.test(exact.slice(end));
  if (!tie || Number(text.at(-1)) % 2 === 0) return text;
  return precision === 0 ? exact.slice(0, end - 1) : exact.slice(0, end);
}

/** C writes at least two digits of an exponent. */
function exponent(text: string, kind: string): string {
  return text.replace(/e([+-])(\d+)$/, (_, sign, digits) => `${kind}${sign}${digits.padStart(2, "0")}`);
}

function signed(conversion: Conversion, text: string): string {
  const { flags } = conversion;
  if (text.startsWith("-")) return pad(conversion, "-", text.slice(1));
  return pad(conversion, flags.includes("+") ? "+" : flags.includes(" ") ? " " : "", text);
}

/** Zeros stand between the sign (or 0x) and the digits, blanks before or after all of it. */
function pad({ flags, width, kind }: Conversion, sign: string, text: string): string {
  if (flags.includes("-")) return (sign + text).padEnd(width);
  if (!flags.includes("0") || kind === "s" || kind === "c") return (sign + text).padStart(width);
  const prefix = /^0[xX](?=.)/.exec(text)?.[0] ?? "";
  const start = sign + (kind === "p" || flags.includes("#") ? prefix : "");
  const rest = text.slice(start.length - sign.length);
  return start + rest.padStart(width - start.length, "0");
}

function badFormat(format: string, problem: string): BpfError {
  return new BpfError("FORMAT", `the format ${JSON.stringify(format)} ${problem}`, {
    hint: "Conversions are those of printf: %d %u %x %o %c %s %f %e %g %p, and %% for a percent sign.",
  });
}
