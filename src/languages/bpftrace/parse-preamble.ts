import type { SourceText } from "../../source/source-text.ts";
import type { Script } from "./ast.ts";
import { isKnownHeader } from "./known-headers.ts";
import { StatementParser } from "./parse-statement.ts";
import type { ScriptFiles } from "./script-files.ts";

export type Preamble = Script["preamble"][number];

/** What headers that include each other have in common. */
export interface HeaderState {
  readonly defined: Set<string>;
  readonly headers: Set<string>;
}

export function headerState(): HeaderState {
  return { defined: new Set(["BPFTRACE_HAVE_BTF"]), headers: new Set() };
}

const MOST_HEADERS = 200;

/** What stands before the probes in C: lines of the preprocessor and definitions of types. */
export abstract class PreambleParser extends StatementParser {
  protected readonly preamble: Preamble[] = [];
  protected readonly files: ScriptFiles;
  protected readonly defined: Set<string>;
  readonly #headers: Set<string>;

  constructor(source: SourceText, files: ScriptFiles, state: HeaderState) {
    super(source);
    this.files = files;
    this.defined = state.defined;
    this.#headers = state.headers;
  }

  protected abstract readHeader(header: SourceText, state: HeaderState): readonly Preamble[];

  /** A line of the preprocessor. Conditions are looked at here, the rest is C's. */
  protected directive(start: number): void {
    const line = this.take(/#(?:\\\n|[^\n])*/y)?.[0] ?? "";
    const [, word = "", rest = ""] = /^#\s*(\w*)\s*([\s\S]*)$/.exec(line) ?? [];
    switch (word) {
      case "ifdef":
      case "ifndef":
      case "if":
        if (!this.#holds(word, rest)) this.#skipBranch(true);
        return;
      case "else":
      case "elif":
        this.#skipBranch(false);
        return;
      case "endif":
        return;
      case "define":
        this.defined.add(/^\w+/.exec(rest)?.[0] ?? "");
        break;
      case "include":
        this.#include(rest, start);
        return;
      default:
    }
    this.preamble.push({ text: line, span: this.spanFrom(start) });
  }

  /** A header of one's own is read here; of those that all know the types are the kernel's. */
  #include(rest: string, start: number): void {
    const [, mark, path = rest.trim()] = /^(["<])([^">]*)[">]/.exec(rest) ?? [];
    const quoted = mark === '"';
    const header = this.files.header(path, quoted ? this.source.name : undefined);
    if (header === undefined) {
      if (isKnownHeader(path)) return;
      const hint =
        "A directory to look in is given by -I. Without a header, its structs, enums and #defines can be written here.";
      this.diagnostics.push(this.diagnostic(`'${path}' file not found`, this.spanFrom(start), hint));
      return;
    }
    if (this.#headers.size >= MOST_HEADERS)
      this.fail(`more than ${MOST_HEADERS} headers`, this.spanFrom(start));
    if (this.#headers.has(header.name)) return;
    this.#headers.add(header.name);
    this.preamble.push(...this.readHeader(header, { defined: this.defined, headers: this.#headers }));
  }

  #holds(word: string, condition: string): boolean {
    const name = /\w+/.exec(condition)?.[0] ?? "";
    if (word === "ifdef") return this.defined.has(name);
    if (word === "ifndef") return !this.defined.has(name);
    const defined = /^\s*(!?)\s*defined\s*\(?\s*(\w+)/.exec(condition);
    if (defined !== null) return this.defined.has(defined[2] ?? "") !== (defined[1] === "!");
    return Number(/^\s*(\d+)/.exec(condition)?.[1] ?? 0) !== 0;
  }

  /** To the end of the branch of a condition that does not hold; at its #else too, when that is to be read. */
  #skipBranch(stopAtElse: boolean): void {
    let depth = 0;
    while (this.at < this.text.length) {
      const line = this.take(/[^\n]*\n?/y)?.[0] ?? "";
      const word = /^\s*#\s*(\w+)/.exec(line)?.[1];
      if (word === "if" || word === "ifdef" || word === "ifndef") depth++;
      if (depth === 0 && (word === "endif" || (stopAtElse && (word === "else" || word === "elif")))) return;
      if (word === "endif") depth--;
    }
  }

  /** From its first word to the semicolon after the closing brace, which may be missing. */
  protected cDefinition(start: number): void {
    this.at = start;
    const isTypedef = this.seesWord("typedef");
    let depth = 0;
    while (!this.atEnd) {
      const next = this.text[this.at++];
      if (next === "{") depth++;
      if (next === "}") depth--;
      if (depth === 0 && (next === ";" || (next === "}" && !isTypedef))) break;
    }
    if (depth > 0) this.fail("the definition has no end", { start, end: start + 1 });
    const end = this.at;
    if (!isTypedef) {
      this.skipLayout();
      while (this.take(/__attribute__\s*\(\([\s\S]*?\)\)\s*/y) !== undefined);
      const rest = this.take(/\s*;/y);
      if (rest === undefined && !this.text.slice(end, this.at).includes("__attribute__")) this.at = end;
    }
    const text = this.text.slice(start, this.at).replace(/;?\s*$/, ";");
    this.preamble.push({ text, span: { start, end: this.at } });
  }
}
