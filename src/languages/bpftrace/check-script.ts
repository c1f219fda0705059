import type { Btf } from "../../btf/btf.ts";
import type { Step, TypedProbe, TypedScript } from "../../program/tir.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { SourceText } from "../../source/source-text.ts";
import type { Expression, Probe, Script, UserFunction } from "./ast.ts";
import { resolveAttachPoint } from "./attach-points.ts";
import { AttachPointError } from "./attach-world.ts";
import { CheckCalls } from "./check-call.ts";
import { checkMacros } from "./check-macros.ts";
import { CheckState, type ScriptWorld } from "./check-state.ts";
import { importedFunctions } from "./imported-functions.ts";
import { MacroTable } from "./macro-table.ts";
import { parseWholeExpression } from "./parse-script.ts";
import { PROVIDERS, type ProbeContext } from "./probe-context.ts";
import type { Settings } from "./settings.ts";

/** Types grow at each round; a script that needs more rounds than this goes round in circles. */
const MOST_ROUNDS = 24;

export interface CheckedScript {
  /** What getopt() asks for: names and what they mean. */
  readonly options: ReadonlyMap<string, string>;
  readonly script: TypedScript;
  readonly diagnostics: readonly Diagnostic[];
}

/** Settles names and types. `imported` has the functions of the C that the script imports. The diagnostics are those of the last round, when all types are known. */
export function checkScript(
  source: SourceText,
  script: Script,
  world: ScriptWorld,
  settings: Settings,
  imported: readonly Btf[] = [],
): CheckedScript {
  const state = new CheckState({
    source,
    world,
    types: world.types,
    settings,
    macros: new MacroTable(script.macros),
    functions: new Map(script.functions.map((one): [string, UserFunction] => [one.name, one])),
    imported: new Map(imported.flatMap((btf) => [...importedFunctions(btf, world.types)])),
    defines: readDefines(script),
  });
  for (const declaration of script.mapDeclarations) {
    state.map(declaration.name, declaration.span).declaration = declaration;
  }
  const attached: Diagnostic[] = [];
  const contexts = script.probes.map((probe) => contextsOf(probe, source, world, settings, attached));
  const none = noTrial(script.probes, contexts, world, source);
  if (none !== undefined) return { ...NOTHING, options: state.options, diagnostics: [...attached, none] };
  const tooMany = tooManyPrograms(script.probes, contexts, settings, source);
  if (tooMany !== undefined) {
    return { ...NOTHING, options: state.options, diagnostics: [...attached, tooMany] };
  }
  state.hasPatterns = contexts
    .flat()
    .some(({ attach }) => "pattern" in attach && attach.pattern !== undefined);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    state.beginRound();
    checkProbes(state, script.probes, contexts);
    learnFromLeftOut(state, script.probes, contexts);
    if (!state.changed) break;
  }
  checkMacros(script.macros, (message, span) => state.report(message, span));
  checkUnused(state, script);
  const typed: TypedScript = {
    probes: state.probes,
    maps: state.typedMaps(),
    actions: state.actions,
    stackDepths: [...state.stackDepths],
  };
  return { script: typed, options: state.options, diagnostics: [...attached, ...unique(state.diagnostics)] };
}

/** A block that is attached at several places is checked for each, and says the same of each. */
function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ message, span }) => {
    const key = `${span.start} ${span.end} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function checkProbes(state: CheckState, probes: readonly Probe[], contexts: readonly ProbeContext[][]): void {
  for (const [p, probe] of probes.entries()) {
    for (const context of contexts[p] ?? []) {
      const typed = checkProbe(state, probe, context);
      state.probes.push(typed);
      if (context.watched !== undefined)
        state.probes.push(watchingProbe(state, probe, typed, { ...context, watched: context.watched }));
    }
  }
}

/**
 * A block that is left out because this kernel lacks its functions still says what its maps hold, for the blocks that
 * print and clear them. What else it says is dropped.
 */
function learnFromLeftOut(
  state: CheckState,
  probes: readonly Probe[],
  contexts: readonly ProbeContext[][],
): void {
  const [said, acts] = [state.diagnostics.length, state.actions.length];
  for (const [p, probe] of probes.entries()) {
    const provider = PROVIDERS[probe.points[0]?.text.split(":")[0] ?? ""];
    if (contexts[p]?.length !== 0 || provider === undefined) continue;
    const attach = { kind: "kprobe", symbol: "" } as const;
    checkProbe(state, probe, { provider, name: "", section: "kprobe", attach, space: "any" });
  }
  state.diagnostics.length = said;
  state.actions.length = acts;
}

function checkProbe(state: CheckState, probe: Probe, context: ProbeContext): TypedProbe {
  const number = state.probes.length;
  const check = new CheckCalls(state, context, number);
  const predicate = probe.predicate === undefined ? undefined : check.test(probe.predicate);
  const steps = check.steps(probe.body);
  const cleared = check.hoistedLocals.map(
    (local): Step => ({ kind: "clear-local", local, span: probe.span }),
  );
  const body = [...cleared, ...steps];
  const { name, section, attach } = context;
  const program = `probe_${number}_${context.provider}`;
  return { program, name, section, attach, predicate, body, span: probe.span };
}

/** Asks, where a function is called, for the watchpoint at its argument. */
function watchingProbe(
  state: CheckState,
  probe: Probe,
  { program, name, attach }: TypedProbe,
  { watched, ...context }: ProbeContext & { readonly watched: NonNullable<ProbeContext["watched"]> },
): TypedProbe {
  const { argument, ...point } = watched;
  const at = { kind: "uprobe", ...point } as const;
  const check = new CheckCalls(
    state,
    { ...context, provider: "uprobe", section: "kprobe", attach: at, space: "user" },
    state.probes.length,
  );
  const stops = attach.kind === "watch" && attach.stops;
  const body = check.watchArgument(argument, program, stops, probe.points[0]?.span ?? probe.span);
  return {
    program: `${program}_begin`,
    name,
    section: "kprobe",
    attach: at,
    predicate: undefined,
    body,
    span: probe.span,
  };
}

const LEAVE_OUT = 'With config = { missing_probes = "warn" } in front the others are attached.';

function contextsOf(
  probe: Probe,
  source: SourceText,
  world: ScriptWorld,
  settings: Settings,
  diagnostics: Diagnostic[],
): ProbeContext[] {
  const { text } = probe.span.source ?? source;
  const each = /\b(?:probe|args)\b/.test(text.slice(probe.span.start, probe.span.end));
  const contexts = probe.points.flatMap((point) => {
    try {
      return resolveAttachPoint(point, world, each);
    } catch (error) {
      if (!(error instanceof AttachPointError)) throw error;
      const missing = ["NO_MATCH", "NO_FUNCTION", "NO_TRACEPOINT"].includes(error.code);
      if (missing && settings.missingProbes === "ignore") return [];
      const severity = missing && settings.missingProbes === "warn" ? "warning" : "error";
      const { hint = missing && probe.points.length > 1 ? LEAVE_OUT : undefined, code, warning } = error;
      const message = severity === "warning" ? `${error.message} Skipping.` : error.message;
      const place = { source: point.span.source ?? source, span: point.span };
      if (warning !== undefined && severity === "error") {
        diagnostics.push({ severity: "warning", code, message: warning, ...place });
      }
      diagnostics.push({ severity, code, message, ...place, hint });
      return [];
    }
  });
  if (contexts.length === 0 && settings.missingProbes === "warn") {
    const message =
      "Probe has no valid attach points. It is being removed which may cause issues with program behavior.";
    diagnostics.push({ severity: "warning", code: "NO_MATCH", message, source, span: probe.span });
  }
  return contexts;
}

const NOTHING: { readonly script: TypedScript } = {
  script: { probes: [], maps: [], actions: [], stackDepths: [] },
};

/** A script that is run for its tests and has none, or that has nothing but tests and is run for something else. */
function noTrial(
  probes: readonly Probe[],
  contexts: readonly ProbeContext[][],
  { mode }: ScriptWorld,
  main: SourceText,
): Diagnostic | undefined {
  const [first] = probes;
  if (first === undefined) return undefined;
  const { span } = first.points[0] ?? first;
  const place = { severity: "error", code: "NO_MATCH", source: span.source ?? main, span } as const;
  if (mode !== undefined) {
    const found = contexts.some((each) => each.some(({ provider }) => provider === mode));
    return found ? undefined : { ...place, message: `the script has no ${mode} probe` };
  }
  const isTrial = probes.every(({ points }) => points.every(({ text }) => /^(?:test|bench):/.test(text)));
  const message = "the script has nothing but test and bench probes";
  return isTrial ? { ...place, message, hint: "--test runs the ones, --bench the others." } : undefined;
}

/** A pattern can mean thousands of programs, which would take long to compile and to load. */
function tooManyPrograms(
  probes: readonly Probe[],
  contexts: readonly ProbeContext[][],
  { maxPrograms }: Settings,
  main: SourceText,
): Diagnostic | undefined {
  let count = 0;
  const at = contexts.findIndex((each) => {
    count += each.length;
    return count > maxPrograms;
  });
  const { span } = probes[at]?.points[0] ?? {};
  if (span === undefined) return undefined;
  const all = contexts.reduce((sum, each) => sum + each.length, 0);
  const message = `The script has ${all} BPF programs, more than max_bpf_progs allows, ${maxPrograms}`;
  const raise = `Raise the limit with config = { max_bpf_progs = ${all} } or BPFTRACE_MAX_BPF_PROGS=${all}.`;
  const hint = `${raise} Without probe and args in a block one program serves all matches of a pattern.`;
  return { severity: "error", code: "SETTING", message, source: span.source ?? main, span, hint };
}

/** Maps that are read and never written. */
function checkUnused(state: CheckState, script: Script): void {
  for (const map of state.maps.values()) {
    if (map.value.kind !== "none" || map.declaration !== undefined) continue;
    // What it is to be was refused.
    if (map.assigned && state.diagnostics.some(({ severity }) => severity === "error")) continue;
    const known = state.diagnostics.some(({ message }) => message.includes(`Undefined map: ${map.name}`));
    if (!known) state.report(`Undefined map: ${map.name}`, map.span);
  }
  for (const { name, span, kind } of script.mapDeclarations) {
    if (!["hash", "lruhash", "percpuhash", "percpulruhash"].includes(kind)) {
      state.report(
        `Invalid bpf map type: ${kind}`,
        span,
        "There are hash, lruhash, percpuhash and percpulruhash.",
      );
    }
    if (state.maps.get(name)?.value.kind === "none") state.warn(`Unused map: ${name}`, span);
  }
}

/** `#define NAME value` of the preamble, where the value is an expression of the language. */
function readDefines(script: Script): Map<string, Expression> {
  const defines = new Map<string, Expression>();
  for (const { text } of script.preamble) {
    const [, name, value = ""] = /^#\s*define\s+(\w+)[ \t]+([\s\S]+)$/.exec(text) ?? [];
    if (name === undefined) continue;
    const plain = value.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, " ").trim();
    const expression = parseWholeExpression(new SourceText(name, plain));
    if (expression !== undefined) defines.set(name, expression);
  }
  return defines;
}
