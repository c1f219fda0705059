const [STAR, ANY, OPEN, CLOSE, NOT, TO] = [..."*?[]!-"].map((letter) => letter.charCodeAt(0));

/** Whether a pattern with `*`, `?`, `[a-z]` and `[!a-z]` fits a whole text. */
export function globMatches(text: Uint8Array, pattern: Uint8Array): boolean {
  const [want] = pattern;
  if (want === undefined) return text.length === 0;
  if (want === STAR) {
    if (globMatches(text, pattern.subarray(1))) return true;
    return text.length > 0 && globMatches(text.subarray(1), pattern);
  }
  const [have] = text;
  if (have === undefined) return false;
  if (want === OPEN) {
    const { fits, length } = inBrackets(have, pattern);
    return fits && globMatches(text.subarray(1), pattern.subarray(length));
  }
  return (want === ANY || want === have) && globMatches(text.subarray(1), pattern.subarray(1));
}

/** A `]` that comes first is one of the letters. */
function inBrackets(have: number, pattern: Uint8Array): { fits: boolean; length: number } {
  const negated = pattern[1] === NOT;
  const start = negated ? 2 : 1;
  const end = pattern.indexOf(CLOSE as number, start + 1);
  const length = end < 0 ? pattern.length : end + 1;
  const letters = pattern.subarray(start, end < 0 ? pattern.length : end);
  let fits = false;
  for (let i = 0; i < letters.length; i++) {
    const first = letters[i] ?? 0;
    const isRange = letters[i + 1] === TO && i + 2 < letters.length;
    const last = isRange ? (letters[i + 2] ?? 0) : first;
    if (first <= have && have <= last) fits = true;
    if (isRange) i += 2;
  }
  return { fits: fits !== negated, length };
}
