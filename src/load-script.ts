import { loadObject } from "./load/load-object.ts";
import type { LoadedObject } from "./load/loaded-object.ts";
import { VerifierError } from "./load/verifier-error.ts";
import type { ScriptDescription, ScriptProbe } from "./program/script.ts";
import { refusedHelper } from "./refused-helper.ts";
import type { SourceText } from "./source/source-text.ts";
import { placesIn } from "./user-places.ts";

/** A script that is compiled, or was taken from the cache. */
export interface CompiledScript {
  readonly object: Uint8Array;
  readonly description: ScriptDescription;
  readonly source: SourceText;
}

/** The script with those probes alone whose names match, and begin and end; with all where nothing is asked for. */
export function withProbes(description: ScriptDescription, only: RegExp | undefined): ScriptDescription {
  if (only === undefined) return description;
  const stays = ({ name, attach }: ScriptProbe) =>
    attach.kind === "begin" || attach.kind === "end" || only.test(name);
  return { ...description, probes: description.probes.filter(stays) };
}

/** Loads a script's object, without the programs that none of the probes runs. */
export function loadScript(script: CompiledScript, probes: readonly ScriptProbe[]): LoadedObject {
  const { object, description, source } = script;
  const used = new Set(probes.map(({ program }) => program));
  const left = description.probes.filter(({ program }) => !used.has(program));
  const programs = Object.fromEntries(left.map(({ program }) => [program, { autoload: false }]));
  try {
    return loadObject(object, { source, describe: placesIn(source, undefined), programs });
  } catch (error) {
    throw (error instanceof VerifierError && refusedHelper(error, description, source)) || error;
  }
}
