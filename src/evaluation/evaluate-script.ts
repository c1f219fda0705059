import type { TypedProbe, TypedScript } from "../program/tir.ts";
import type { Span } from "../source/source-text.ts";
import type { ScriptSpelling } from "../values/decode-script-value.ts";
import type { ScriptRequest } from "../values/script-request.ts";
import type { ScriptEvent } from "../values/script-value.ts";
import { EvaluateSteps } from "./evaluate-steps.ts";
import { notEvaluated } from "./not-evaluated.ts";
import { ScriptState } from "./script-state.ts";

export interface EvaluationOptions {
  readonly spell: ScriptSpelling;
  readonly printMapsOnExit: boolean;
  /** The map of one number that time series take for the clock. */
  readonly seriesClock?: string | undefined;
}

/** What a script tells, each with the place in the text that says so; none for what comes at the end by itself. */
export interface EvaluatedEvent {
  readonly event: ScriptEvent;
  readonly span: Span | undefined;
}

/**
 * Runs a script that has nothing but begin and end blocks, in this process: what it tells is what it would tell if the
 * kernel ran it.
 *
 * @throws UnsupportedError for other probes, and for what only the kernel can tell
 */
export function evaluateScript(script: TypedScript, options: EvaluationOptions): EvaluatedEvent[] {
  const run = new EvaluatedRun(script, options);
  for (const { attach, name } of script.probes) {
    if (attach.kind !== "begin" && attach.kind !== "end") throw notEvaluated(`when ${name} is hit`);
  }
  run.blocks("begin");
  run.tell({ kind: "attached", probes: script.probes.length });
  run.answer();
  run.blocks("end");
  run.answer();
  run.end();
  return run.events;
}

class EvaluatedRun {
  readonly events: EvaluatedEvent[] = [];
  readonly #options: EvaluationOptions;
  readonly #state: ScriptState;
  #exitCode = 0;

  constructor(script: TypedScript, options: EvaluationOptions) {
    this.#options = options;
    this.#state = new ScriptState(script, options.spell, options.seriesClock);
  }

  tell(event: ScriptEvent, span?: Span): void {
    this.events.push({ event, span });
  }

  /** After exit() nothing begins any more, but the end blocks. */
  blocks(kind: "begin" | "end"): void {
    for (const probe of this.#state.script.probes) {
      if (probe.attach.kind === kind && (kind === "end" || !this.#state.exiting)) this.#run(probe);
    }
  }

  #run({ predicate, body }: TypedProbe): void {
    const steps = new EvaluateSteps(this.#state);
    if (predicate !== undefined && steps.value(predicate) === 0n) return;
    steps.steps(body);
  }

  /** Does what the blocks asked for. Maps are read and emptied only now, as by a reader of the ring. */
  answer(): void {
    for (const { request, span } of this.#state.requests.splice(0)) this.#answer(request, span);
  }

  #answer(request: ScriptRequest, span: Span): void {
    const { maps, spell } = this.#state;
    switch (request.kind) {
      case "event":
        this.tell(request.event, span);
        break;
      case "print-map": {
        const map = maps[request.action.map ?? 0]?.read(spell, "zero");
        const { top, divisor } = request;
        if (map !== undefined) this.tell({ kind: "map", map, top, divisor }, span);
        break;
      }
      case "clear":
        maps[request.map]?.clear();
        break;
      case "zero":
        maps[request.map]?.zero();
        break;
      case "exit":
        this.#exitCode = request.code;
    }
  }

  /** The maps that hold something, and the exit status. */
  end(): void {
    for (const map of this.#options.printMapsOnExit ? this.#state.maps : []) {
      const value = map.read(this.#options.spell, "left out");
      if (value.entries.length > 0) this.tell({ kind: "map", map: value, atEnd: true });
    }
    this.tell({ kind: "exit", code: this.#exitCode });
  }
}
