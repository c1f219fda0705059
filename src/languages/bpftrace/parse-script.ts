import type { Diagnostic } from "../../source/diagnostic.ts";
import type { SourceText, Span } from "../../source/source-text.ts";
import type {
  AttachText,
  Expression,
  Macro,
  MapDeclaration,
  Probe,
  Script,
  Statement,
  TypeName,
  UserFunction,
} from "./ast.ts";
import { ParseFailure } from "./cursor.ts";
import { parseInteger } from "./literals.ts";
import { type HeaderState, headerState, type Preamble, PreambleParser } from "./parse-preamble.ts";
import { NO_FILES, type ScriptFiles } from "./script-files.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

/** A script and what is wrong with it. With errors, what could be understood is there all the same. */
export interface ParsedScript {
  readonly script: Script;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a script. `parameters` are the positional ones, which may stand in attach points too. */
export function parseScript(
  source: SourceText,
  parameters: readonly string[] = [],
  files: ScriptFiles = NO_FILES,
  state: HeaderState = headerState(),
): ParsedScript {
  return new ScriptParser(source, parameters, files, state).script();
}

/** Reads a header: what a script can use of it. */
export function parseHeader(source: SourceText, files: ScriptFiles, state: HeaderState): ParsedScript {
  return new ScriptParser(source, [], files, state).header();
}

/** Reads one expression that is all of a text: a macro's value of the preamble. Undefined when it is none. */
export function parseWholeExpression(source: SourceText): Expression | undefined {
  return new ScriptParser(source, [], NO_FILES, headerState()).wholeExpression();
}

class ScriptParser extends PreambleParser {
  readonly #parameters: readonly string[];
  readonly #found: Mutable<Omit<Script, "preamble" | "imports">> = {
    settings: [],
    mapDeclarations: [],
    macros: [],
    functions: [],
    probes: [],
  };

  constructor(source: SourceText, parameters: readonly string[], files: ScriptFiles, state: HeaderState) {
    super(source, files, state);
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
    this.#items(() => this.item());
    return this.#parsed();
  }

  header(): ParsedScript {
    this.#items(() => this.headerItem());
    return this.#parsed();
  }

  protected override readHeader(header: SourceText, state: HeaderState): readonly Preamble[] {
    const parser = new ScriptParser(header, [], this.files, state);
    const { script, diagnostics } = parser.header();
    this.diagnostics.push(...diagnostics);
    return script.preamble.map(({ text, span }) => ({ text, span: { source: header, ...span } }));
  }

  #parsed(): ParsedScript {
    const { preamble, imports, diagnostics } = this;
    return { script: { ...this.#found, preamble, imports }, diagnostics };
  }

  #items(item: () => void): void {
    while (!this.atEnd) {
      const start = this.at;
      try {
        item();
      } catch (error) {
        if (!(error instanceof ParseFailure)) throw error;
        this.diagnostics.push(error.diagnostic);
        this.#skipItem(start);
      }
    }
  }

  /** Declarations of functions and variables are nothing to a script. */
  private headerItem(): void {
    this.skipLayout();
    const start = this.at;
    if (this.accept(";") || this.take(/extern\s+"C"\s*\{|\}/y) !== undefined) return;
    if (this.sees("#")) this.directive(start);
    else if (this.take(/(?:struct|union|enum)\b[^{;:()]*\{|typedef\b/y) !== undefined)
      this.cDefinition(start);
    else this.#skipDeclaration();
  }

  #skipDeclaration(): void {
    const end = this.take(/[^;{]*[;{]/y)?.[0];
    if (end === undefined) this.at = this.text.length;
    else if (end.endsWith("{")) this.#skipItem(this.at - 1);
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
    else if (this.take(/(?:fn|subprog)\s+(?=\w+\s*\()/y) !== undefined) this.userFunction(start);
    else return false;
    return true;
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

  /** `fn name($a: type, …): type { … }`, after its first word. */
  private userFunction(start: number): void {
    const name = this.word() ?? "";
    this.expect("(", "after the name of a function");
    const parameters: { name: string; type: TypeName; span: Span }[] = [];
    if (!this.accept(")")) {
      do {
        this.skipLayout();
        const place = this.at;
        const parameter = this.take(/\$[A-Za-z_]\w*/y)?.[0];
        if (parameter === undefined) {
          this.fail(`syntax error, expected a parameter such as $a: int64, not ${this.here()}`);
        }
        this.expect(":", "and a type after the name of a parameter");
        const type = this.typeName();
        parameters.push({ name: parameter, type, span: this.spanFrom(place) });
      } while (this.accept(","));
      this.expect(")", "after the parameters of a function");
    }
    const written = this.accept(":") ? this.typeName() : undefined;
    const returns = written?.name === "void" && written.suffixes.length === 0 ? undefined : written;
    const body = this.block();
    const made: UserFunction = { name, parameters, returns, body, span: this.spanFrom(start) };
    this.#found.functions.push(made);
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
    const parameters: { name: string; span: Span }[] = [];
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
    // A probe may have a name, which nothing can refer to yet.
    this.take(/[A-Za-z_]\w*\s*=(?!=)\s*(?=\w)/y);
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
