/** bpf_trace_printk knows the characters and several texts since Linux 5.13. */
const RICHER_SINCE = (5 << 16) | (13 << 8);

/** `%%`, or a conversion with flags and a width, or what the kernel refuses: up to the conversion's letter. */
const CONVERSION =
  /%(?:%|[-+ 0]*\d*(?:p(?:[ku]s|[iI][46]|[BKxsS])?(?![A-Za-z0-9])|([sc])|l{0,2}[iduxX])|([^A-Za-z%]*(?:[a-zA-Z]{1,3})?))/g;

/** What is wrong with a format: then the kernel prints nothing at all. Undefined for one that it prints. */
export function printkProblem(format: string, values: number, versionCode: number): string | undefined {
  let conversions = 0;
  let texts = 0;
  for (const [whole, letter, unknown] of format.matchAll(CONVERSION)) {
    if (whole === "%%") continue;
    const old = versionCode < RICHER_SINCE;
    if (unknown !== undefined || (letter === "c" && old)) return `the kernel does not print '${whole}'`;
    conversions++;
    if (letter === "s" && ++texts > 1 && old) return "before Linux 5.13 the kernel prints one %s in a line";
  }
  if (conversions <= values) return undefined;
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  return `the format has ${plural(conversions, "conversion")} for ${plural(values, "value")}`;
}
