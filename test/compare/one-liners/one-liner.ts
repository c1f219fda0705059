/** One program that bpftrace and ours run at the same time, and what of their output must be the same. */
export interface OneLiner {
  readonly name: string;
  /** In words that bpftrace 0.17 knows, too. PID stands for the activity's process, DIRECTORY for its directory. */
  readonly text: string;
  /** Options and positional parameters; PID and DIRECTORY as in the text. */
  readonly words?: readonly string[];
  /** The steps of the activity that it is about. */
  readonly steps?: string;
  /** The program ends by itself; others are ended by SIGINT when the activity is over. */
  readonly ends?: boolean;
  /** The data in the output, in any order: one text for each thing that was seen. By default `blocks`. */
  readonly read?: (output: string) => readonly string[];
  /** Spellings of bpftrace 0.17 that later versions have changed. */
  readonly since?: readonly Change[];
  /** Instead of the same texts: one number that may differ by so much, as a fraction, and why. */
  readonly near?: { readonly by: number; readonly why: string };
}

/** How a newer bpftrace spells what 0.17 printed. */
export interface Change {
  readonly of: RegExp;
  readonly to: string;
  readonly why: string;
}

const NOTICE =
  /^(Attaching \d+ probes?\.\.\.|Attached \d+ probes?|__BPFTRACE_NOTIFY_PROBES_ATTACHED|ERROR: .* RLIMIT_MEMLOCK .*)$/;

/** A map's entry with the lines that belong to it is one text, and so is any other line. */
export function blocks(output: string): string[] {
  const found: string[] = [];
  let inside = false;
  for (const line of output.split("\n").map((each) => each.trimEnd())) {
    if (line === "") inside = false;
    else if (NOTICE.test(line)) continue;
    else if (inside && !line.startsWith("@")) found.push(`${found.pop()}\n${line}`);
    else {
      found.push(line);
      inside = line.startsWith("@") && /(?::|\[)$/.test(line);
    }
  }
  return found;
}

/** Of the texts those that match. */
export const matching = (pattern: RegExp) => (output: string) =>
  blocks(output).filter((text) => pattern.test(text));

/** What the pattern's groups match, each match one text. */
export const found = (pattern: RegExp) => (output: string) =>
  [...output.matchAll(pattern)].map((match) => match.slice(1).join(" "));

/** The counts of all that matches, added. */
export const total = (pattern: RegExp) => (output: string) => [
  String([...output.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0)),
];

/** The counts of a histogram's bars, added. */
export const bars = total(/^[[(].*[\])] +(\d+) \|/gm);
