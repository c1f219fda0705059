import type { LoadedProgram } from "./load/loaded-object.ts";
import type { ScriptProbe } from "./program/script.ts";
import { measureProgram } from "./scripts/measure-program.ts";
import { testRun } from "./scripts/test-run.ts";
import type { ScriptRequest } from "./values/script-request.ts";
import type { ScriptEvent, TestResult } from "./values/script-value.ts";

/** What tests and measurements need of the run that they are part of. */
export interface TrialHost {
  program(probe: ScriptProbe): LoadedProgram;
  tell(event: ScriptEvent): void;
  /** Tells what a test says, or throws away what a measured program does. True where that is an error. */
  hear(how: "tell" | "drop"): boolean;
}

/** Tests and measurements of a script that is run for them. */
export function trialsOf(probes: readonly ScriptProbe[]): ScriptProbe[] {
  return probes.filter(({ attach }) => attach.kind === "test" || attach.kind === "bench");
}

/** Runs them one after the other. True when all tests pass. */
export function runTrials(trials: readonly ScriptProbe[], host: TrialHost): boolean {
  const names = trials.map(({ name }) => name.slice(name.indexOf(":") + 1));
  const results: TestResult[] = [];
  for (const [index, trial] of trials.entries()) {
    if (trial.attach.kind === "bench") {
      const measured = measureProgram(host.program(trial));
      host.hear("drop");
      host.tell({ kind: "benchmark", names, index, ...measured });
      continue;
    }
    host.tell({ kind: "test-begin" });
    const from = process.hrtime.bigint();
    const returned = testRun(host.program(trial));
    const durationNs = Number(process.hrtime.bigint() - from);
    const failed = host.hear("tell");
    results.push({ name: names[index] ?? "", passed: returned === 0 && !failed });
    host.tell({ kind: "test-end", results: [...results], of: trials.length, durationNs });
  }
  return results.every(({ passed }) => passed);
}

/** What a test or measurement says while it runs. */
export class TrialListener {
  #failed = false;
  #drops = false;

  /** Handles what was said since: it is told, or thrown away. True where that is an error. */
  hear(how: "tell" | "drop", drain: () => void): boolean {
    this.#failed = false;
    this.#drops = how === "drop";
    drain();
    return this.#failed;
  }

  /** True for what is not to be handled: they do not end the script, and what the measured print is not told. */
  takes(request: ScriptRequest): boolean {
    if (request.kind === "event" && request.event.kind === "errorf") this.#failed = true;
    if (request.kind === "exit" && request.code !== 0) this.#failed = true;
    return this.#drops || request.kind === "exit";
  }
}
