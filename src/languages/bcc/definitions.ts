import { readFileSync } from "node:fs";
import { packageFile } from "../../package-root.ts";
import { isIncluded } from "./included-headers.ts";

/** One definition of the library under bpf/bcc: the unit that a program gets or does not get. */
export interface Definition {
  readonly names: readonly string[];
  readonly identifiers: ReadonlySet<string>;
  /** Kernel headers one of which the program must include; empty when there is no such condition. */
  readonly headers: readonly string[];
  /** "struct.member" that the kernel must have, or must not have; undefined when there is no such condition. */
  readonly needs: string | undefined;
  readonly lacks: string | undefined;
  readonly text: string;
  /** A macro that stands for a value, without parameters. */
  readonly isConstant: boolean;
}

const files = new Map<string, readonly Definition[]>();

/** The definitions of one file of the library, in order. */
export function definitionsOf(file: string): readonly Definition[] {
  let definitions = files.get(file);
  if (definitions === undefined) {
    definitions = readFileSync(packageFile("bpf", "bcc", file), "utf8")
      .split(/\n\n+/)
      .map(parseDefinition);
    files.set(file, definitions);
  }
  return definitions;
}

/** All names that some files of the library define. */
export function definedNamesOf(fileNames: readonly string[]): ReadonlySet<string> {
  return new Set(fileNames.flatMap(definitionsOf).flatMap((definition) => definition.names));
}

function parseDefinition(chunk: string): Definition {
  const text = chunk.trim();
  const [, condition = ""] = /^\/\* ((?:with|without) .*?) \*\/\n/.exec(text) ?? [];
  const headers = [...condition.matchAll(/<([^>]+)>/g)].map(([, header = ""]) => header);
  const [, needs] = /^with (\w+\.\w+)$/.exec(condition) ?? [];
  const [, lacks] = /^without (\w+\.\w+)$/.exec(condition) ?? [];
  const isConstant = /^#define [A-Za-z]\w* \S/m.test(text);
  const names = definedNames(text);
  return { text, headers, needs, lacks, isConstant, names, identifiers: identifiersOf(text) };
}

function definedNames(text: string): string[] {
  const names = new Set<string>();
  for (const match of text.matchAll(/^#define (\w+)/gm)) names.add(match[1] ?? "");
  if (names.size > 0) return [...names];
  const functionPointer = /\(\*const (\w+)\)/.exec(text);
  const tag = /^(?:struct|union|enum) (\w+) \{/m.exec(text);
  const inlineFunction = /^static inline [^(]*\(\([^)]*\)\) [^(]*?(\w+)\(/m.exec(text);
  const labelled = /^\w+ (\w+)\([^)]*\) __asm__/m.exec(text);
  const name = functionPointer?.[1] ?? tag?.[1] ?? inlineFunction?.[1] ?? labelled?.[1];
  return name === undefined ? [] : [name];
}

/** The identifiers of a C text, comments and literals left out. */
export function identifiersOf(text: string): Set<string> {
  const bare = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, " ");
  return new Set(bare.match(/[A-Za-z_]\w*/g) ?? []);
}

/** What decides over the definitions that a program gets. */
export interface ProgramNames {
  readonly identifiers: ReadonlySet<string>;
  readonly defined: ReadonlySet<string>;
  /** Names of members and variables, which no constant must replace. */
  readonly members: ReadonlySet<string>;
  readonly headers: ReadonlySet<string>;
  /** Whether a struct of the kernel has a member of that name. */
  hasMember(struct: string, member: string): boolean;
}

export interface Selection {
  readonly text: string;
  /** The identifiers of the program and of all that was selected. */
  readonly identifiers: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  /** Structs of the kernel whose members decided over what was selected. */
  readonly asked: ReadonlySet<string>;
}

/**
 * The definitions that a program reaches: those whose names are among its identifiers, and theirs in turn.
 * A name in `defined` is the program's own and is never brought in.
 */
export function selectDefinitions(fileNames: readonly string[], program: ProgramNames): Selection {
  const candidates = fileNames
    .flatMap(definitionsOf)
    .filter(
      (d) =>
        !d.names.some((name) => program.defined.has(name)) &&
        !(d.isConstant && d.names.some((name) => program.members.has(name))) &&
        (d.headers.length === 0 || d.headers.some((header) => isIncluded(header, program.headers))),
    );
  const identifiers = new Set(program.identifiers);
  const selected = new Set<Definition>();
  const asked = new Set<string>();
  const isThere = (place: string) => {
    const [struct = "", member = ""] = place.split(".");
    asked.add(struct);
    return program.hasMember(struct, member);
  };
  for (let before = -1; before !== selected.size; ) {
    before = selected.size;
    for (const definition of candidates) {
      if (selected.has(definition) || !definition.names.some((name) => identifiers.has(name))) continue;
      if (definition.needs !== undefined && !isThere(definition.needs)) continue;
      if (definition.lacks !== undefined && isThere(definition.lacks)) continue;
      selected.add(definition);
      for (const identifier of definition.identifiers) identifiers.add(identifier);
    }
  }
  const inOrder = candidates.filter((definition) => selected.has(definition));
  return {
    text: inOrder.map((definition) => definition.text).join("\n"),
    identifiers,
    names: new Set(inOrder.flatMap((definition) => definition.names)),
    asked,
  };
}
