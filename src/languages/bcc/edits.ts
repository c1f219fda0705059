import type { TextChange } from "../../program/original-place.ts";
import type { SourceText } from "../../source/source-text.ts";

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** At one offset: what closes comes before what opens, and inner closes before outer. */
  readonly order: number;
}

/**
 * Changes to a text, kept apart until all passes have spoken. None brings in a line end, and the line ends of
 * what is replaced stay, so every line keeps its number.
 */
export class Edits {
  readonly #edits: Edit[] = [];
  readonly #wrapped = new Set<string>();

  /** Puts `before` and `after` around a range, once per range and opening text. */
  wrap(start: number, end: number, before: string, after: string): void {
    const key = `${start}:${end}:${before}`;
    if (this.#wrapped.has(key)) return;
    this.#wrapped.add(key);
    // Of two ranges with the same start the longer one opens first; of two with the same end the shorter closes first.
    this.#edits.push({ start, end: start, text: before, order: 1e9 - (end - start) });
    this.#edits.push({ start: end, end, text: after, order: -1e9 + (end - start) });
  }

  insert(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text, order: 0 });
  }

  replace(start: number, end: number, text: string): void {
    const key = `${start}:${end}=`;
    if (this.#wrapped.has(key)) return;
    this.#wrapped.add(key);
    this.#edits.push({ start, end, text, order: 2e9 });
  }

  get size(): number {
    return this.#edits.length;
  }

  /** The edits in the order of the text. */
  get changes(): readonly TextChange[] {
    return this.#sorted().map(({ start, end, text }) => ({ start, end, length: text.length }));
  }

  apply(source: SourceText): string {
    const sorted = this.#sorted();
    const parts: string[] = [];
    let at = 0;
    for (const edit of sorted) {
      if (edit.start < at) throw new RangeError(`edits overlap at offset ${edit.start}`);
      const lost = source.text.slice(edit.start, edit.end).split("\n").length - 1;
      parts.push(source.text.slice(at, edit.start), edit.text, "\n".repeat(lost));
      at = edit.end;
    }
    parts.push(source.text.slice(at));
    return parts.join("");
  }

  #sorted(): Edit[] {
    return [...this.#edits].sort((a, b) => a.start - b.start || a.order - b.order);
  }
}
