import type { Diagnostic } from "../../source/diagnostic.ts";
import type { SourceText, Span } from "../../source/source-text.ts";

/** Thrown where the text cannot go on; caught where parsing can be taken up again. */
export class ParseFailure extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

const DEEPEST = 120;

/** A place in the text that moves on, and what was found wrong on the way. */
export abstract class Cursor {
  readonly source: SourceText;
  readonly text: string;
  readonly diagnostics: Diagnostic[] = [];
  protected at = 0;
  #depth = 0;

  constructor(source: SourceText) {
    this.source = source;
    this.text = source.text;
  }

  /** Past blanks and comments. */
  protected skipLayout(): void {
    const layout = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))*/y;
    layout.lastIndex = this.at;
    layout.exec(this.text);
    this.at = layout.lastIndex;
  }

  /** What a sticky expression matches here, taken. */
  protected take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  /** True when the text goes on so, after layout. Nothing is taken but layout. */
  protected sees(text: string): boolean {
    this.skipLayout();
    return this.text.startsWith(text, this.at);
  }

  protected seesWord(word: string): boolean {
    return this.sees(word) && !/\w/.test(this.text[this.at + word.length] ?? "");
  }

  protected accept(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  protected acceptWord(word: string): boolean {
    if (!this.seesWord(word)) return false;
    this.at += word.length;
    return true;
  }

  protected expect(text: string, where: string): void {
    if (!this.accept(text)) this.fail(`syntax error, expected ${text} ${where}, not ${this.here()}`);
  }

  protected word(): string | undefined {
    this.skipLayout();
    return this.take(/[A-Za-z_]\w*/y)?.[0];
  }

  protected get atEnd(): boolean {
    this.skipLayout();
    return this.at >= this.text.length;
  }

  protected spanFrom(start: number): Span {
    return { start, end: Math.max(this.at, start + 1) };
  }

  /** What stands here, for messages. */
  protected here(): string {
    this.skipLayout();
    const rest = this.text.slice(this.at, this.at + 40);
    if (rest === "") return "the end of the text";
    return /^(?:[$@]?\w+|.)/s.exec(rest)?.[0] ?? rest[0] ?? "";
  }

  protected fail(message: string, span?: Span, hint?: string): never {
    throw new ParseFailure(this.diagnostic(message, span ?? this.#hereSpan(), hint));
  }

  protected diagnostic(message: string, span: Span, hint?: string): Diagnostic {
    return { severity: "error", code: "SYNTAX", message, source: this.source, span, hint };
  }

  /** Keeps texts that nest without end from running out of stack. */
  protected nested<T>(parse: () => T): T {
    if (this.#depth >= DEEPEST) this.fail(`expressions and blocks nest more than ${DEEPEST} deep`);
    this.#depth++;
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }

  #hereSpan(): Span {
    this.skipLayout();
    const start = Math.min(this.at, Math.max(0, this.text.length - 1));
    const length = /^(?:[$@]?\w+)/.exec(this.text.slice(start, start + 60))?.[0].length ?? 1;
    return { start, end: Math.min(start + length, Math.max(this.text.length, start)) };
  }
}
