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

export function matching(glob: string, names: Iterable<string>, what: string): string[] {
  const pattern = new RegExp(`^${globToRegex(glob)}`);
  const found = [...new Set([...names].filter((name) => pattern.test(name)))];
  if (found.length === 0)
    throw new AttachPointError(`No matches for ${what} ${glob}.`, undefined, "NO_MATCH");
  return found;
}
