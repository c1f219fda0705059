import { AttachError } from "../errors.ts";

/** Probes of their own take the kernel about a millisecond each, and one descriptor. */
const MOST_SINGLE_PROBES = 1000;

/** A pattern that matches at the start of names, as Python's re.match. */
export function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})`);
  } catch (cause) {
    throw new AttachError(pattern, `${pattern} is no regular expression`, { cause });
  }
}

/** Throws AttachError for a pattern that matches nothing, or more than can be probed one by one. */
export function checkMatches(pattern: string, what: string, count: number): void {
  if (count === 0) {
    throw new AttachError(pattern, `no ${what} matches ${pattern}`, {
      hint: "A pattern is a regular expression for the start of the name: ^vfs_, ^(do_)?fork$.",
    });
  }
  if (count > MOST_SINGLE_PROBES) {
    throw new AttachError(pattern, `${pattern} matches ${count}: ${what}`, {
      hint: `One by one at most ${MOST_SINGLE_PROBES} can be probed: choose a narrower pattern.`,
    });
  }
}
