/** A text of the same length in which comments and literals are blanks, line ends kept. */
export function blankCommentsAndLiterals(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g,
    (part) => part.replace(/[^\n]/g, " "),
  );
}
