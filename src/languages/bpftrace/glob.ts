import { AttachPointError } from "./attach-world.ts";

export const GLOB = /[*?]/;

/** A shell pattern as a regular expression for whole names. */
export function globToRegex(glob: string): string {
  const body = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return `${body}$`;
}

const MOST_PROGRAMS = 1024;

export function matching(glob: string, names: Iterable<string>, what: string): string[] {
  const pattern = new RegExp(`^${globToRegex(glob)}`);
  const found = [...new Set([...names].filter((name) => pattern.test(name)))];
  if (found.length === 0)
    throw new AttachPointError(`No matches for ${what} ${glob}.`, undefined, "NO_MATCH");
  if (found.length > MOST_PROGRAMS) {
    throw new AttachPointError(
      `${glob} matches ${found.length}, more than the ${MOST_PROGRAMS} programs that a script may have`,
      "Without `probe` and `args` in the block one program serves all matches.",
    );
  }
  return found;
}
