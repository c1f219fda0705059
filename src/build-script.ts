import { buildIdentity } from "./build-identity.ts";
import { findClang } from "./compile/find-clang.ts";
import { type CacheEntry, cacheKey, ObjectCache } from "./compile/object-cache.ts";
import type { ScriptDescription } from "./program/script.ts";
import { type Answer, noteAnswers, sameAnswers } from "./script-answers.ts";
import type { BuiltScript, ScriptBuildOptions } from "./script-build-options.ts";
import type { Diagnostic } from "./source/diagnostic.ts";
import type { SourceText } from "./source/source-text.ts";

/**
 * Parses, checks and compiles a script, or takes what an earlier time made of it, if the machine answers what the
 * compilation asked of it as it did then.
 *
 * @throws SourceError with all that is wrong at the text's lines, CompilerError
 */
export async function buildScript(source: SourceText, options: ScriptBuildOptions): Promise<BuiltScript> {
  const cache = options.cache === false ? undefined : new ObjectCache(options.warn);
  const key = cache && keyOf(source, options);
  const kept = key === undefined ? undefined : fromEntry(cache?.read(key), source, options);
  if (kept !== undefined) return kept;
  const noted = noteAnswers(cache === undefined ? { ...options, whileCompiling: undefined } : options);
  // The language is loaded when it is needed.
  const { compileScript } = await import("./compile-script.ts");
  const built = await compileScript(source, noted.options);
  options.signal?.throwIfAborted();
  const { description, object } = built;
  const warnings = built.warnings.map(({ source: _, ...warning }) => warning);
  const entry = { description, warnings, answers: noted.answers } satisfies Kept;
  if (key !== undefined) cache?.write(key, { description: JSON.stringify(entry, keepBigint), object });
  return built;
}

/** What is kept beside the object. */
interface Kept {
  readonly description: ScriptDescription;
  readonly warnings: readonly Omit<Diagnostic, "source">[];
  readonly answers: readonly Answer[];
}

/** All that the object depends on, except for what the machine is asked in the course of it. */
function keyOf(source: SourceText, { facts, world, environment, helperErrors }: ScriptBuildOptions): string {
  const { parameters, includes, named, pid, childPid, pidNamespace, cpus, unsafe, mode, program } = world;
  const namespace = pidNamespace && [`${pidNamespace.device}`, `${pidNamespace.inode}`];
  const settings = Object.entries(environment).filter(([name]) => name.startsWith("BPFTRACE_"));
  const told = [
    parameters,
    includes,
    [...named],
    pid,
    childPid,
    namespace,
    cpus,
    unsafe,
    mode,
    program,
    helperErrors,
    settings.sort(),
  ];
  const identities = [buildIdentity(), facts.identity, findClang().identity];
  return cacheKey(["script", ...identities, source.name, source.text, JSON.stringify(told)]);
}

/** Addresses of the kernel are larger than a number can be. */
function keepBigint(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? { bigint: String(value) } : value;
}

function bigintAgain(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("bigint" in value)) return value;
  return BigInt(String(value.bigint));
}

function fromEntry(
  entry: CacheEntry | undefined,
  source: SourceText,
  options: ScriptBuildOptions,
): BuiltScript | undefined {
  if (entry === undefined) return undefined;
  const { description, warnings, answers } = JSON.parse(entry.description, bigintAgain) as Kept;
  if (!sameAnswers(options, answers)) return undefined;
  const { object } = entry;
  return {
    description,
    object,
    warnings: warnings.map((warning) => ({ ...warning, source })),
    fromCache: true,
  };
}
