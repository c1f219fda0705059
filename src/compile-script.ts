import { compileObject } from "./compile/c-front-end.ts";
import { ClangSession } from "./compile/clang-session.ts";
import { compiledTypes } from "./compiled-types.ts";
import { BpfError } from "./errors.ts";
import type { ImportedCode } from "./import-code.ts";
import { CTypes } from "./languages/bpftrace/c-types.ts";
import { checkScript } from "./languages/bpftrace/check-script.ts";
import { gatherScript } from "./languages/bpftrace/gather-script.ts";
import { isKnownHeader } from "./languages/bpftrace/known-headers.ts";
import { ownTypesCode } from "./languages/bpftrace/own-types.ts";
import { readSettings, type Settings } from "./languages/bpftrace/settings.ts";
import { standardLibrary } from "./languages/bpftrace/standard-library.ts";
import { lowerScript } from "./lowering/lower-script.ts";
import { powerOfTwo } from "./program/power-of-two.ts";
import type { ScriptDescription } from "./program/script.ts";
import type { TypedScript } from "./program/tir.ts";
import type { BuiltScript, ScriptBuildOptions } from "./script-build-options.ts";
import type { Diagnostic } from "./source/diagnostic.ts";
import { SourceError } from "./source/source-error.ts";
import type { SourceText } from "./source/source-text.ts";

const RING_BYTES = 1 << 20;
const LARGEST_RING = 1 << 28;
const PAGE = 4096;

/** Parses, checks and compiles a script; clang starts meanwhile. Throws SourceError with all that is wrong, CompilerError. */
export async function compileScript(source: SourceText, options: ScriptBuildOptions): Promise<BuiltScript> {
  const clang = new ClangSession({}, options.signal);
  try {
    clang.start("object");
    const { code, description, warnings } = await translateScript(source, options, clang);
    const compiling = compileObject(code, source, clang);
    // Until the text is on its way nothing else may hold up this thread.
    setImmediate(() => options.whileCompiling?.());
    return { description, object: await compiling, warnings, fromCache: false };
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
  const { script, settings, warnings, imported } = await settleScript(source, options, clang);
  const { world } = options;
  const ringBytes =
    settings.perfRingPages === undefined
      ? RING_BYTES
      : powerOfTwo(Math.max(PAGE, Math.min(settings.perfRingPages * PAGE, LARGEST_RING)));
  const lowered = lowerScript(script, {
    source,
    settings,
    license: settings.license,
    cpus: world.cpus,
    helperErrors: options.helperErrors ?? false,
    ringBytes,
    imported,
    pid: world.pid,
  });
  return { ...lowered, warnings };
}

interface SettledScript {
  readonly script: TypedScript;
  readonly settings: Settings;
  readonly warnings: readonly Diagnostic[];
  /** C that it calls. */
  readonly imported: string;
}

const NOTHING_IMPORTED: ImportedCode = { code: "", types: [] };

/** Few scripts import C: what reads it is loaded for those. */
async function importedCode(...given: Parameters<typeof import("./import-code.ts").importCode>) {
  const { importCode } = await import("./import-code.ts");
  return importCode(...given);
}

/** A script with the types of all that it says. Throws SourceError with all that is wrong. */
export async function settleScript(
  source: SourceText,
  options: ScriptBuildOptions,
  clang: ClangSession,
): Promise<SettledScript> {
  const { facts, world } = options;
  const { script, diagnostics, code } = gatherScript(source, world.parameters, world, [
    ...standardLibrary(),
    ...includedTexts(world),
  ]);
  throwErrors(diagnostics);
  const { settings, diagnostics: refused } = readSettings(source, script.settings, options.environment);
  const own = ownTypesCode(source, script, facts);
  const types = new CTypes(
    () => facts.btf,
    own === undefined ? undefined : await compiledTypes(own, source, clang),
    facts.modules,
  );
  const imported = code.length === 0 ? NOTHING_IMPORTED : await importedCode(code, options, clang);
  for (const btf of imported.types) types.addOwn(btf);
  const checked = checkScript(source, script, { ...world, facts, types }, settings, imported.types);
  refuseOptions(world.named, checked.options);
  const all = [...refused, ...checked.diagnostics];
  throwErrors(all);
  return { script: checked.script, settings, warnings: all, imported: imported.code };
}

/** The headers of --include. */
function includedTexts({ includes, header }: ScriptBuildOptions["world"]): SourceText[] {
  return includes.flatMap((path) => {
    const found = header(path, "");
    if (found !== undefined) return [found];
    if (isKnownHeader(path)) return [];
    throw new BpfError("SCRIPT_FILE", `'${path}' file not found`);
  });
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
