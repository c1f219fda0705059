import type { Diagnostic } from "../../source/diagnostic.ts";
import type { SourceText } from "../../source/source-text.ts";
import type { AttachText, Expression, Macro, MapDeclaration, Probe, Script, Statement } from "./ast.ts";
import { ParseFailure } from "./cursor.ts";
import { isKnownHeader } from "./known-headers.ts";
import { parseInteger } from "./literals.ts";
import { StatementParser } from "./parse-statement.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

/** A script and what is wrong with it. With errors, what could be understood is there all the same. */
export interface ParsedScript {
  readonly script: Script;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a script. `parameters` are the positional ones, which may stand in attach points too. */
export function parseScript(source: SourceText, parameters: readonly string[] = []): ParsedScript {
  return new ScriptParser(source, parameters).script();
}

/** Reads one expression that is all of a text: a macro's value of the preamble. Undefined when it is none. */
export function parseWholeExpression(source: SourceText): Expression | undefined {
  return new ScriptParser(source, []).wholeExpression();
}

class ScriptParser extends StatementParser {
  readonly #parameters: readonly string[];
  readonly #found: Mutable<Script> = {
    preamble: [],
    settings: [],
    mapDeclarations: [],
    macros: [],
    probes: [],
  };
  readonly #defined = new Set(["BPFTRACE_HAVE_BTF"]);

  constructor(source: SourceText, parameters: readonly string[]) {
    super(source);
    this.#parameters = parameters;
  }

  wholeExpression(): Expression | undefined {
    try {
      const value = this.expression();
      return this.atEnd ? value : undefined;
    } catch (error) {
      if (error instanceof ParseFailure) return undefined;
      throw error;
    }
  }

  script(): ParsedScript {
    this.take(/#![^\n]*/y);
    while (!this.atEnd) {
      const start = this.at;
      try {
        this.item();
      } catch (error) {
        if (!(error instanceof ParseFailure)) throw error;
        this.diagnostics.push(error.diagnostic);
        this.#skipItem(start);
      }
    }
    if (this.#found.probes.length === 0 && this.diagnostics.length === 0) {
      const end = Math.max(0, this.text.trimEnd().length - 1);
      this.diagnostics.push(
        this.diagnostic(
          "the script has no probe",
          { start: end, end: end + 1 },
          'A probe is `begin { print("hello"); }`.',
        ),
      );
    }
    return { script: this.#found, diagnostics: this.diagnostics };
  }

  /** After an error: past the next block. */
  #skipItem(start: number): void {
    this.at = Math.max(this.at, start);
    let depth = 0;
    while (!this.atEnd) {
      const next = this.text[this.at] ?? "";
      if (next === '"' && this.take(/"(?:\\[\s\S]|[^"\\])*"/y) !== undefined) continue;
      this.at++;
      if (next === "{") depth++;
      if (next === "}" && --depth <= 0) return;
    }
  }

  private item(): void {
    this.skipLayout();
    const start = this.at;
    if (this.accept(";")) return;
    if (this.sees("#")) this.directive(start);
    else if (!this.declaration(start)) this.probe(start);
  }

  /** What is no probe; false when there is none here. */
  private declaration(start: number): boolean {
    if (this.take(/(?:struct|union|enum)\b[^{;:]*\{|typedef\b/y) !== undefined) this.cDefinition(start);
    else if (this.take(/config\s*=\s*\{/y) !== undefined) this.config();
    else if (this.take(/import\s*(?=")/y) !== undefined) this.importItem(start);
    else if (this.take(/let\s+(?=@)/y) !== undefined) this.mapDeclaration(start);
    else if (this.take(/macro\s+(?=\w)/y) !== undefined) this.macro(start);
    else if (/^(?:fn|subprog)\s+\w+\s*\(/.test(this.text.slice(start, start + 200))) {
      this.fail("functions of one's own are not supported yet", undefined, "Use a macro.");
    } else return false;
    return true;
  }

  /** A line of the preprocessor. Conditions are looked at here, the rest is C's. */
  private directive(start: number): void {
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
        this.#defined.add(/^\w+/.exec(rest)?.[0] ?? "");
        break;
      case "include":
        this.#include(rest, start);
        break;
      default:
    }
    this.#found.preamble.push({ text: line, span: this.spanFrom(start) });
  }

  /** Says so where leaving it out would change what the script means. */
  #include(rest: string, start: number): void {
    const path = /^["<]([^">]*)[">]/.exec(rest)?.[1] ?? rest.trim();
    if (isKnownHeader(path)) return;
    const hint =
      "Leave it out if its types are the kernel's; else write its structs, enums and #defines into the script.";
    const message = `cannot include ${path}: only headers of the kernel and of the C library are known`;
    this.diagnostics.push(this.diagnostic(message, this.spanFrom(start), hint));
  }

  #holds(word: string, condition: string): boolean {
    const name = /\w+/.exec(condition)?.[0] ?? "";
    if (word === "ifdef") return this.#defined.has(name);
    if (word === "ifndef") return !this.#defined.has(name);
    const defined = /^\s*(!?)\s*defined\s*\(?\s*(\w+)/.exec(condition);
    if (defined !== null) return this.#defined.has(defined[2] ?? "") !== (defined[1] === "!");
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
  private cDefinition(start: number): void {
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
    this.#found.preamble.push({ text, span: { start, end: this.at } });
  }

  private config(): void {
    while (!this.accept("}")) {
      this.skipLayout();
      const start = this.at;
      const name = this.word();
      if (name === undefined) this.fail(`syntax error, expected the name of a setting, not ${this.here()}`);
      this.expect("=", "after the name of a setting");
      const value = this.expression();
      const end = start + this.text.slice(start, this.at).trimEnd().length;
      this.#found.settings.push({ name, value, span: { start, end } });
      if (!this.accept(";") && !this.accept(",") && !this.sees("}")) {
        this.fail(`syntax error, expected ; or } after a setting, not ${this.here()}`);
      }
    }
  }

  private importItem(start: number): void {
    this.take(/"[^"\n]*"?/y);
    const span = this.spanFrom(start);
    this.accept(";");
    const hint = "Write the macros that it would bring into the script.";
    this.diagnostics.push(this.diagnostic("import is not supported", span, hint));
  }

  private mapDeclaration(start: number): void {
    const name = this.take(/@\w*/y)?.[0] ?? "@";
    this.expect("=", "in the declaration of a map");
    const kind = this.word();
    this.accept("(");
    this.skipLayout();
    const digits = this.take(/\d\w*/y)?.[0];
    const entries = digits === undefined ? undefined : parseInteger(digits)?.value;
    if (kind === undefined || entries === undefined || !this.accept(")")) {
      this.fail("a map is declared as `let @name = hash(1024);`", this.spanFrom(start));
    }
    this.accept(";");
    const declaration: MapDeclaration = { name, kind, entries: Number(entries), span: this.spanFrom(start) };
    this.#found.mapDeclarations.push(declaration);
  }

  private macro(start: number): void {
    const name = this.word() ?? "";
    const parameters: { name: string; span: { start: number; end: number } }[] = [];
    this.expect("(", "after the name of a macro");
    if (!this.accept(")")) {
      do {
        this.skipLayout();
        const place = this.at;
        const parameter = this.take(/[$@]?\w+/y)?.[0];
        if (parameter === undefined) this.fail(`syntax error, expected a parameter, not ${this.here()}`);
        parameters.push({ name: parameter, span: this.spanFrom(place) });
        if (this.accept(":")) this.typeName();
      } while (this.accept(","));
      this.expect(")", "after the parameters of a macro");
    }
    const body = this.blockValue();
    const macro: Macro = { name, parameters, body, span: this.spanFrom(start) };
    this.#found.macros.push(macro);
  }

  private probe(start: number): void {
    const points: AttachText[] = [];
    do {
      if (points.length > 0 && (this.sees("{") || this.sees("/"))) break;
      points.push(this.attachPoint());
    } while (this.accept(","));
    const predicate = this.predicate();
    if (!this.sees("{")) this.fail(`syntax error, unexpected ${this.here()}, expected { or a predicate`);
    const body: readonly Statement[] = this.block();
    const probe: Probe = { points, predicate, body, span: this.spanFrom(start) };
    this.#found.probes.push(probe);
  }

  private predicate(): Expression | undefined {
    if (!this.accept("/")) return undefined;
    this.inPredicate = true;
    try {
      const predicate = this.expression();
      this.expect("/", "at the end of the predicate");
      return predicate;
    } finally {
      this.inPredicate = false;
    }
  }

  private attachPoint(): AttachText {
    this.skipLayout();
    const start = this.at;
    let text = "";
    for (;;) {
      const quoted = this.take(/"([^"\n]*)"/y);
      if (quoted !== undefined) {
        text += quoted[1] ?? "";
        continue;
      }
      const parameter = this.take(/\$(\d+)/y);
      if (parameter !== undefined) {
        text += this.#parameters[Number(parameter[1]) - 1] ?? "";
        continue;
      }
      const next = this.text[this.at] ?? "";
      if (next === "" || /[\s{,;}]/.test(next) || (next === "/" && !text.includes(":"))) break;
      text += next;
      this.at++;
    }
    const span = this.spanFrom(start);
    if (text === "") this.fail(`syntax error, unexpected ${this.here()}, expected a probe`);
    return { text, span };
  }
}
