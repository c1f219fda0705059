import type { Diagnostic } from "../../source/diagnostic.ts";
import type { SourceText, Span } from "../../source/source-text.ts";
import type { Script } from "./ast.ts";
import { headerState } from "./parse-preamble.ts";
import { type ParsedScript, parseHeader, parseScript } from "./parse-script.ts";
import { withSource } from "./placed-at.ts";
import type { ScriptFiles } from "./script-files.ts";

const MOST_FILES = 200;

export interface GatheredScript extends ParsedScript {
  /** Files of C. */
  readonly code: readonly SourceText[];
}

/** Reads a script and all that it imports: what is imported stands before what imports it. */
export function gatherScript(
  source: SourceText,
  parameters: readonly string[],
  files: ScriptFiles,
  library: readonly SourceText[] = [],
): GatheredScript {
  const gathering = new Gathering(parameters, files);
  for (const text of library) gathering.add(text);
  gathering.add(source, source);
  const { script, diagnostics, code } = gathering;
  if (script.probes.length === 0 && diagnostics.length === 0) diagnostics.push(noProbe(source));
  return { script, diagnostics, code };
}

function noProbe(source: SourceText): Diagnostic {
  const end = Math.max(0, source.text.trimEnd().length - 1);
  const hint = 'A probe is `begin { print("hello"); }`.';
  const span = { start: end, end: end + 1 };
  return { severity: "error", code: "SYNTAX", message: "the script has no probe", source, span, hint };
}

class Gathering {
  readonly diagnostics: Diagnostic[] = [];
  readonly code: SourceText[] = [];
  script: Script = {
    imports: [],
    preamble: [],
    settings: [],
    mapDeclarations: [],
    macros: [],
    functions: [],
    probes: [],
  };
  /** A header that several texts name is read once. */
  readonly #headers = headerState();
  readonly #known = new Set<string>();
  readonly #parameters: readonly string[];
  readonly #files: ScriptFiles;

  constructor(parameters: readonly string[], files: ScriptFiles) {
    this.#parameters = parameters;
    this.#files = files;
  }

  /** Adds a text, after those that it imports; each is read once. */
  add(text: SourceText, main?: SourceText): void {
    const isHeader = text.name.endsWith(".h");
    if (this.#known.has(text.name) || this.#headers.headers.has(text.name)) return;
    this.#known.add(text.name);
    if (text.name.endsWith(".c")) {
      this.code.push(text);
      return;
    }
    if (isHeader) this.#headers.headers.add(text.name);
    const parsed = isHeader
      ? parseHeader(text, this.#files, this.#headers)
      : parseScript(text, this.#parameters, this.#files, this.#headers);
    this.diagnostics.push(...parsed.diagnostics);
    for (const each of parsed.script.imports) this.#import(each.path, text, each.span);
    const script = text === main ? parsed.script : withSource(parsed.script, text);
    this.script = joined(this.script, script);
  }

  #import(path: string, from: SourceText, span: Span): void {
    const texts = this.#files.imported(path, from.name);
    const many = this.#known.size + (texts?.length ?? 0) > MOST_FILES;
    if (texts !== undefined && !many) {
      for (const text of texts) this.add(text);
      return;
    }
    const message = many
      ? `more than ${MOST_FILES} files are imported`
      : `cannot import ${path}: there is no such script`;
    const hint = many
      ? undefined
      : "Scripts (.bt), headers (.h), C (.bpf.c) and directories of them can be imported.";
    this.diagnostics.push({ severity: "error", code: "IMPORT", message, source: from, span, hint });
  }
}

function joined(a: Script, b: Script): Script {
  return {
    imports: [],
    preamble: [...a.preamble, ...b.preamble],
    settings: [...a.settings, ...b.settings],
    mapDeclarations: [...a.mapDeclarations, ...b.mapDeclarations],
    macros: [...a.macros, ...b.macros],
    functions: [...a.functions, ...b.functions],
    probes: [...a.probes, ...b.probes],
  };
}
