import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildIdentity } from "./build-identity.ts";
import { CFrontEnd, compileObject } from "./compile/c-front-end.ts";
import type { CompileFlags } from "./compile/clang-arguments.ts";
import { findClang } from "./compile/find-clang.ts";
import { cacheKey, ObjectCache } from "./compile/object-cache.ts";
import type { KernelFacts } from "./facts/kernel-facts.ts";
import { withOwnHeaders } from "./languages/bcc/own-headers.ts";
import type { AstNode } from "./languages/bcc/syntax-tree.ts";
import { translate } from "./languages/bcc/translate.ts";
import type { Program } from "./program/program.ts";
import type { SourceText } from "./source/source-text.ts";

export interface BuildOptions extends CompileFlags {
  readonly facts: KernelFacts;
  /** False: neither read nor write the cache of compiled objects. */
  readonly cache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly warn: (message: string) => void;
}

/** A program ready to be loaded. What only the translation knows is there when it was not taken from the cache. */
export interface BuiltProgram {
  readonly program: Omit<Program, "code" | "kernelTypes">;
  readonly object: Uint8Array;
  readonly fromCache: boolean;
}

/** Translates and compiles a text of bcc's dialect, or takes the object of an earlier time. */
export async function buildProgram(source: SourceText, options: BuildOptions): Promise<BuiltProgram> {
  if (options.cache === false) return compileProgram(source, options);
  const cache = new ObjectCache(options.warn);
  const key = keyOf(source, options);
  const entry = cache.read(key);
  if (entry !== undefined) {
    return { program: fromDescription(entry.description, source), object: entry.object, fromCache: true };
  }
  const built = await compileProgram(source, options);
  options.signal?.throwIfAborted();
  cache.write(key, { description: toDescription(built.program), object: built.object });
  return built;
}

/** The translation alone: C text for clang. */
export async function translateProgram(source: SourceText, options: BuildOptions): Promise<Program> {
  const frontEnd = new CFrontEnd(options, options.signal);
  return translate(
    source,
    options.facts,
    {
      preprocess: (code, text) => frontEnd.preprocess(code, text),
      parse: async (code, text) => (await frontEnd.parse(code, text)) as ParsedTree,
    },
    { readHeader: ownHeaders(options.directory) },
  );
}

type ParsedTree = Omit<Awaited<ReturnType<CFrontEnd["parse"]>>, "tree"> & { tree: AstNode };

async function compileProgram(source: SourceText, options: BuildOptions): Promise<BuiltProgram> {
  const program = await translateProgram(source, options);
  const object = await compileObject(program.code, source, options, options.signal);
  return { program, object, fromCache: false };
}

function ownHeaders(directory: string | undefined): (name: string) => string | undefined {
  return (name) => {
    const path = directory === undefined ? undefined : join(directory, name);
    return path !== undefined && existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
}

/** Everything that the object depends on; the user's own headers are part of the text. */
function keyOf(source: SourceText, { facts, cflags, directory }: BuildOptions): string {
  const text = withOwnHeaders(source, ownHeaders(directory));
  const formats: string[] = [];
  for (const [, name = ""] of text.matchAll(/TRACEPOINT_PROBE\s*\(([^)]*)\)/g)) {
    const [category = "", event = ""] = name.split(",").map((part) => part.trim());
    formats.push(facts.tracepointFormat(category, event) ?? "");
  }
  for (const [, category = "", event = ""] of text.matchAll(
    /tracepoint__([a-z0-9]+(?:_[a-z0-9]+)*)__(\w+)/g,
  )) {
    formats.push(facts.tracepointFormat(category, event) ?? "");
  }
  const flags = JSON.stringify(cflags ?? []);
  const compiler = findClang().identity;
  return cacheKey([buildIdentity(), source.name, text, flags, compiler, facts.identity, ...formats]);
}

function toDescription(program: BuiltProgram["program"]): string {
  const warnings = program.warnings.map(({ severity, code, message, span, hint }) => {
    return { severity, code, message, span, hint };
  });
  const { functions, tables, events, changes } = program;
  return JSON.stringify({ functions, tables, events, warnings, changes });
}

function fromDescription(description: string, source: SourceText): BuiltProgram["program"] {
  const program = JSON.parse(description) as BuiltProgram["program"];
  return { ...program, source, warnings: program.warnings.map((warning) => ({ ...warning, source })) };
}
