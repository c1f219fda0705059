import { BpfError } from "../errors.ts";

/** What the value of an option can be; an option without a value is a switch. */
export type ValueKind = "switch" | "number" | "numbers" | "text" | "texts" | "user";

/** One option or argument of a usage text. */
export interface Declared {
  /** "max-args", as on the command line; options have two dashes before it. */
  readonly name: string;
  /** A single letter. */
  readonly short: string | undefined;
  readonly kind: ValueKind;
  /** A word without a dash, taken by its place. */
  readonly positional: boolean;
}

const KINDS: ReadonlySet<string> = new Set(["number", "numbers", "text", "texts", "user"]);
const OPTION = /^ {2,}(?:-(?<short>\w), +| {4})?--(?<name>[a-z][\w-]*)(?: <(?<kind>\w+)>)?(?: {2,}|$)/;
const POSITIONAL = /^ {2,}(?<name>[a-z][\w-]*) <(?<kind>\w+)>(?: {2,}|$)/;

/** The options and arguments that the lines of a usage text declare. Throws BpfError "USAGE_TEXT". */
export function declarationsIn(text: string): Declared[] {
  return text.split("\n").flatMap((line): Declared[] => {
    const groups = (OPTION.exec(line) ?? POSITIONAL.exec(line))?.groups;
    if (groups === undefined) return [];
    const { short, name = "", kind = "switch" } = groups;
    if (kind !== "switch" && !KINDS.has(kind)) {
      const hint = `There are ${[...KINDS].map((each) => `<${each}>`).join(", ")}.`;
      throw new BpfError("USAGE_TEXT", `a usage text knows no <${kind}>: ${line.trim()}`, { hint });
    }
    return [{ name, short, kind: kind as ValueKind, positional: !OPTION.test(line) }];
  });
}
