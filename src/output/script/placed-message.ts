/** A message about a part of one line of a text; columns count from 1, the end is not of the part. */
export interface PlacedMessage {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly severity: "ERROR" | "WARNING" | "NOTE";
  readonly message: string;
  /** The line itself; without it nothing is drawn. */
  readonly text?: string | undefined;
}

/** `stdin:1:9-12: ERROR: message`, the line, and what is meant underlined. Ends with a line end. */
export function placedMessage(of: PlacedMessage): string {
  const head = `${of.file}:${of.line}:${of.column}-${of.endColumn}: ${of.severity}: ${of.message}\n`;
  if (of.text === undefined || of.text.trim() === "") return head;
  // Tabs stay tabs, so that both lines are indented alike whatever the tab width.
  const indent = of.text.slice(0, of.column - 1).replace(/[^\t]/g, " ");
  const marks = "~".repeat(Math.max(1, of.endColumn - of.column));
  return `${head}${of.text}\n${indent}${marks}\n`;
}
