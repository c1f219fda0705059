import { Btf } from "./btf/btf.ts";
import { elfSection } from "./btf/elf.ts";
import { buildIdentity } from "./build-identity.ts";
import { compileObject } from "./compile/c-front-end.ts";
import { ClangSession } from "./compile/clang-session.ts";
import { findClang } from "./compile/find-clang.ts";
import { cacheKey, ObjectCache } from "./compile/object-cache.ts";
import { BpfError } from "./errors.ts";
import type { KernelFacts } from "./facts/kernel-facts.ts";
import { CTypes } from "./languages/bpftrace/c-types.ts";
import { checkScript } from "./languages/bpftrace/check-script.ts";
import type { ScriptWorld } from "./languages/bpftrace/check-state.ts";
import { ownTypesCode } from "./languages/bpftrace/own-types.ts";
import { parseScript } from "./languages/bpftrace/parse-script.ts";
import { readSettings } from "./languages/bpftrace/settings.ts";
import { lowerScript } from "./lowering/lower-script.ts";
import type { ScriptDescription } from "./program/script.ts";
import type { Diagnostic } from "./source/diagnostic.ts";
import { SourceError } from "./source/source-error.ts";
import type { SourceText } from "./source/source-text.ts";

/** What the compilation of a script is told of the machine, the command line and the environment. */
export interface ScriptBuildOptions {
  readonly facts: KernelFacts;
  readonly world: Omit<ScriptWorld, "types" | "facts">;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Tell of the kernel's helpers that fail: missing keys and the like. */
  readonly helperErrors?: boolean | undefined;
  /** False: neither read nor write the cache of compiled objects. */
  readonly cache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly warn: (message: string) => void;
  /** Called while clang runs, for what can be done meanwhile. */
  readonly whileCompiling?: () => void;
}

/** A script ready to be loaded. */
export interface BuiltScript {
  readonly description: ScriptDescription;
  readonly object: Uint8Array;
  readonly warnings: readonly Diagnostic[];
  readonly fromCache: boolean;
}

const RING_BYTES = 1 << 20;
const PAGE = 4096;

/**
 * Parses, checks and compiles a script, or takes the object of an earlier time: what it is made of is looked up by
 * the C that it becomes, so that the check always sees the machine as it is.
 *
 * @throws SourceError with all that is wrong at the text's lines, CompilerError
 */
export async function buildScript(source: SourceText, options: ScriptBuildOptions): Promise<BuiltScript> {
  const clang = new ClangSession({}, options.signal);
  try {
    const { code, description, warnings } = await translateScript(source, options, clang);
    const { object, fromCache } = await compiled(code, source, options, clang);
    return { description, object, warnings, fromCache };
  } finally {
    clang.close();
  }
}

/** The C that a script becomes. */
export async function translateScript(
  source: SourceText,
  options: ScriptBuildOptions,
  clang: ClangSession = new ClangSession({}, options.signal),
): Promise<{ code: string; description: ScriptDescription; warnings: readonly Diagnostic[] }> {
  const { facts, world } = options;
  const { script, diagnostics } = parseScript(source, world.parameters);
  throwErrors(diagnostics);
  const { settings, diagnostics: refused } = readSettings(source, script.settings, options.environment);
  const own = ownTypesCode(source, script, facts);
  const types = new CTypes(
    () => facts.btf,
    own === undefined ? undefined : await typesOf(own, source, options, clang),
  );
  const checked = checkScript(source, script, { ...world, facts, types }, settings);
  refuseOptions(world.named, checked.options);
  const all = [...refused, ...checked.diagnostics];
  throwErrors(all);
  const ringBytes =
    settings.perfRingPages === undefined ? RING_BYTES : powerOfTwo(settings.perfRingPages * PAGE);
  const lowered = lowerScript(checked.script, {
    source,
    settings,
    license: settings.license,
    cpus: world.cpus,
    helperErrors: options.helperErrors ?? false,
    ringBytes,
    pid: world.pid,
  });
  return { ...lowered, warnings: all };
}

/** Options of the command line that the script does not ask for; --help tells which it does. */
function refuseOptions(given: ReadonlyMap<string, string>, known: ReadonlyMap<string, string>): void {
  const unknown = [...given.keys()].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const list = (separator: string) =>
    [...known].map(([name, help]) => `--${name}${help === "" ? "" : `: ${help}`}`).join(separator);
  if (unknown.includes("help")) {
    throw new BpfError("SCRIPT_OPTION", "the script's options", {
      hint: `expected program options:\n${list("\n")}`,
    });
  }
  const names = unknown.map((name) => `--${name}`).join(", ");
  throw new BpfError("SCRIPT_OPTION", `unexpected program command line options: ${names}`, {
    hint: known.size === 0 ? undefined : `expected program options: ${list(", ")}`,
  });
}

function throwErrors(diagnostics: readonly Diagnostic[]): void {
  if (!diagnostics.some((d) => d.severity === "error")) return;
  throw new SourceError([...diagnostics].sort((a, b) => a.span.start - b.span.start));
}

async function typesOf(
  code: string,
  source: SourceText,
  options: ScriptBuildOptions,
  clang: ClangSession,
): Promise<Btf> {
  const { object } = await compiled(code, source, options, clang);
  return Btf.parse(elfSection(object, ".BTF") ?? new Uint8Array(), { name: source.name });
}

/** The object of a C text: out of the cache, or made now. */
async function compiled(
  code: string,
  source: SourceText,
  { cache: wanted, warn, signal, whileCompiling }: ScriptBuildOptions,
  clang: ClangSession,
): Promise<{ object: Uint8Array; fromCache: boolean }> {
  const cache = wanted === false ? undefined : new ObjectCache(warn);
  const key = cacheKey([buildIdentity(), "script", source.name, code, findClang().identity]);
  const entry = cache?.read(key);
  if (entry !== undefined) return { object: entry.object, fromCache: true };
  const running = compileObject(code, source, clang);
  whileCompiling?.();
  const object = await running;
  signal?.throwIfAborted();
  cache?.write(key, { description: "", object });
  return { object, fromCache: false };
}

function powerOfTwo(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(PAGE, Math.min(bytes, 1 << 28))));
}
