import { buildIdentity } from "./build-identity.ts";
import type { BuildOptions, BuiltProgram } from "./built-program.ts";
import { findClang } from "./compile/find-clang.ts";
import { cacheKey, ObjectCache } from "./compile/object-cache.ts";
import { blankCommentsAndLiterals } from "./languages/bcc/blank-text.ts";
import { findTracepoints } from "./languages/bcc/find-tracepoints.ts";
import { withOwnHeaders } from "./languages/bcc/own-headers.ts";
import { headerReader } from "./read-own-header.ts";
import type { SourceText } from "./source/source-text.ts";

/** Translates and compiles a text of bcc's dialect, or takes the object of an earlier time. */
export async function buildProgram(source: SourceText, options: BuildOptions): Promise<BuiltProgram> {
  if (options.cache === false) return compileAnew(source, options);
  const cache = new ObjectCache(options.warn);
  const key = keyOf(source, options);
  const entry = cache.read(key);
  if (entry !== undefined) {
    const program = fromDescription(entry.description, source);
    if (isOfModule(program, options)) return { program, object: entry.object, fromCache: true };
  }
  const built = await compileAnew(source, options);
  options.signal?.throwIfAborted();
  cache.write(key, { description: toDescription(built.program), object: built.object });
  return built;
}

/** Another build of a module may be loaded now than when the object was made. */
function isOfModule({ module }: BuiltProgram["program"], { facts }: BuildOptions): boolean {
  return module === undefined || facts.modules?.identityOf(module.module) === module.identity;
}

/** The front end is loaded when it is needed: with a cached object, starting is all that takes time. */
async function compileAnew(source: SourceText, options: BuildOptions): Promise<BuiltProgram> {
  const { compileProgram } = await import("./compile-program.ts");
  return compileProgram(source, options);
}

/** Everything that the object depends on; the user's own headers are part of the text. */
function keyOf(
  source: SourceText,
  { facts, cflags, directory, plainReads, keepBounds, usdt = new Map() }: BuildOptions,
): string {
  const text = withOwnHeaders(source, headerReader(directory, cflags));
  const formats = findTracepoints(blankCommentsAndLiterals(text)).map(
    ({ category, event }) => facts.tracepointFormat(category, event) ?? "",
  );
  const flags = JSON.stringify(cflags ?? []);
  const compiler = findClang().identity;
  const probes = usdt.size === 0 ? [] : [JSON.stringify([...usdt])];
  return cacheKey([
    buildIdentity(),
    source.name,
    text,
    flags,
    compiler,
    facts.identity,
    ...formats,
    ...probes,
    ...(plainReads === true ? ["plain reads"] : []),
    ...(keepBounds === true ? ["bounds"] : []),
  ]);
}

function toDescription(program: BuiltProgram["program"]): string {
  const warnings = program.warnings.map(({ severity, code, message, span, hint }) => {
    return { severity, code, message, span, hint };
  });
  const { functions, tables, events, changes, hasDirectLoads, module } = program;
  return JSON.stringify({ functions, tables, events, warnings, changes, hasDirectLoads, module });
}

function fromDescription(description: string, source: SourceText): BuiltProgram["program"] {
  const program = JSON.parse(description) as BuiltProgram["program"];
  return { ...program, source, warnings: program.warnings.map((warning) => ({ ...warning, source })) };
}
