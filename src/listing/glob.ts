/** A pattern with * and ? for whole names. Unlike in a shell, a star matches slashes and colons too. */
export function globPattern(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|\\[\]]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${body}$`, "s");
}

export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}
