/**
 * The text with the lines that include kernel headers blanked, as everything in them comes from BTF and our
 * own definitions. The user's own headers stay.
 */
export function withoutKernelIncludes(
  text: string,
  readHeader: (name: string) => string | undefined,
): string {
  return text.replace(
    /^([ \t]*#[ \t]*include[ \t]*)(?:<([^>\n]+)>|"([^"\n]+)")[^\n]*/gm,
    (line: string, _directive: string, _system: string | undefined, local: string | undefined) =>
      local !== undefined && readHeader(local) !== undefined ? line : line.replace(/[^\n\r]/g, " "),
  );
}
