import type { VerifierError } from "./load/verifier-error.ts";
import type { ScriptDescription } from "./program/script.ts";
import { SourceError } from "./source/source-error.ts";
import type { SourceText } from "./source/source-text.ts";

/**
 * The error of a function that the kernel allows at some probes only, at its place in the script; undefined when the
 * verifier refused the program for another reason.
 */
export function refusedHelper(
  { log }: VerifierError,
  { actions }: ScriptDescription,
  source: SourceText,
): SourceError | undefined {
  const end = log.indexOf("helper call is not allowed in probe");
  if (end < 0) return undefined;
  const called = [...log.slice(0, end).matchAll(/call bpf_(\w+)#\d+/g)].at(-1)?.[1];
  const place = actions.find((action) => action.kind === "helper-error" && action.helper === called)?.place;
  if (place === undefined || place.file !== undefined) return undefined;
  const [start, stop] = [source.offset(place.line, place.column), source.offset(place.line, place.endColumn)];
  const message = `helper bpf_${called} not allowed in probe`;
  return new SourceError([
    { severity: "error", code: "HELPER", message, source, span: { start, end: stop } },
  ]);
}
