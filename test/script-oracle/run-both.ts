import { compileObject } from "../../src/compile/c-front-end.ts";
import { ClangSession } from "../../src/compile/clang-session.ts";
import { settleScript, translateScript } from "../../src/compile-script.ts";
import { type EvaluatedEvent, evaluateScript } from "../../src/evaluation/evaluate-script.ts";
import { liveFacts } from "../../src/kernel/live-facts.ts";
import { VerifierError } from "../../src/load/verifier-error.ts";
import type { ScriptBuildOptions } from "../../src/script-build-options.ts";
import { ScriptRun } from "../../src/script-run.ts";
import { liveScriptWorld } from "../../src/script-world.ts";
import { SourceText, type Span } from "../../src/source/source-text.ts";
import type { ScriptSpelling } from "../../src/values/decode-script-value.ts";
import type { ScriptEvent } from "../../src/values/script-value.ts";

/** The first thing that the kernel and the evaluation tell differently. */
export interface Difference {
  readonly kernel: string;
  readonly evaluated: string;
  /** Of what says it in the text, where that is known. */
  readonly span: Span | undefined;
}

const NAME = "random.bt";

const spell: ScriptSpelling = {
  deferred: ({ what, size }, view, offset) => {
    const bytes = Array.from({ length: size }, (_, i) => view.getUint8(offset + i));
    return { kind: "spelled", what, text: bytes.join(" "), value: 0n };
  },
};

function optionsOf(environment: Record<string, string>): ScriptBuildOptions {
  return { facts: liveFacts(), world: liveScriptWorld({}), environment, warn: () => {} };
}

/** Runs a script of begin and end blocks in the kernel and evaluates it. Undefined when both tell the same. */
export async function runBoth(
  text: string,
  environment: Record<string, string> = {},
): Promise<{ difference: Difference | undefined; events: number }> {
  const evaluated = await evaluate(text, optionsOf(environment));
  const told = await runInKernel(new SourceText(NAME, text), environment).catch((error: unknown) => {
    if (!(error instanceof VerifierError)) throw error;
    return error;
  });
  if (told instanceof VerifierError) {
    const difference = { kernel: told.format(), evaluated: "the kernel takes the script", span: undefined };
    return { difference, events: 0 };
  }
  return { difference: firstDifference(told, evaluated), events: evaluated.length };
}

/** What a script tells when it is evaluated in this process. */
export async function evaluate(
  text: string,
  options: ScriptBuildOptions = optionsOf({}),
): Promise<EvaluatedEvent[]> {
  using clang = new ClangSession({});
  const source = new SourceText(NAME, text);
  const { script, settings } = await settleScript(source, options, clang);
  const { printMapsOnExit, seriesClock } = settings;
  return evaluateScript(script, { spell, printMapsOnExit, seriesClock });
}

async function runInKernel(source: SourceText, environment: Record<string, string>): Promise<ScriptEvent[]> {
  using clang = new ClangSession({});
  const { code, description } = await translateScript(source, optionsOf(environment), clang);
  const object = await compileObject(code, source, clang);
  const events: ScriptEvent[] = [];
  using run = new ScriptRun({ object, description, source }, { onEvent: (event) => events.push(event) });
  await run.run();
  return events;
}

function firstDifference(told: readonly ScriptEvent[], evaluated: readonly EvaluatedEvent[]) {
  for (let i = 0; i < Math.max(told.length, evaluated.length); i++) {
    const [kernel, ours] = [told[i], evaluated[i]?.event].map(canonical);
    if (kernel !== ours)
      return { kernel: kernel ?? "nothing", evaluated: ours ?? "nothing", span: evaluated[i]?.span };
  }
  return undefined;
}

/** An event as text: without its place, and maps in an order of their own. */
function canonical(event: ScriptEvent | undefined): string | undefined {
  if (event === undefined) return undefined;
  const { place: _, ...said } = event as { place?: unknown };
  if (event.kind !== "map") return json(said);
  const entries = event.map.entries.map(json).sort();
  return `${json({ ...event, map: { ...event.map, entries: undefined } })}\n${entries.join("\n")}`;
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner));
}
