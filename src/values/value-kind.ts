import type { ValueLayout } from "../program/value-layout.ts";
import type { ScriptMapValue } from "./script-value.ts";

/** The kind that the values of a map have when they are read. */
export function valueKind(layout: ValueLayout): ScriptMapValue["valueKind"] {
  if (layout.kind === "aggregate") return layout.aggregate.kind;
  if (layout.kind === "bits") return "integer";
  if (layout.kind !== "deferred") return layout.kind;
  return layout.what === "kstack" || layout.what === "ustack" ? "stack" : "spelled";
}
