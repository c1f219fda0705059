/** A half-open range of UTF-16 offsets in a source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The text that it is a part of, where that is not the one that is spoken of otherwise. */
  readonly source?: SourceText | undefined;
}

/** A place for people: both numbers count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text with a name, so that a place in it can be shown. */
export class SourceText {
  readonly name: string;
  readonly text: string;
  readonly #lineStarts: number[];

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
    this.#lineStarts = [0];
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) this.#lineStarts.push(i + 1);
  }

  /** How many lines the text has; a newline at the end begins one more. */
  get lineCount(): number {
    return this.#lineStarts.length;
  }

  /** The place of an offset; offsets past the end give the end. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** The offset of a place; a line or column outside of the text is moved to the nearest inside. */
  offset(line: number, column: number): number {
    const index = Math.max(0, Math.min(line - 1, this.#lineStarts.length - 1));
    const start = this.#lineStarts[index] ?? 0;
    return Math.min(start + Math.max(0, column - 1), this.text.length);
  }

  /** The text of a line without its line end. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return "";
    const end = this.#lineStarts[number] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, "");
  }
}
