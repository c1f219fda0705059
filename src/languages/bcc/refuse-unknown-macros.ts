import type { Diagnostic } from "../../source/diagnostic.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { SourceText } from "../../source/source-text.ts";
import { blankCommentsAndLiterals } from "./blank-text.ts";
import { definedNamesOf } from "./definitions.ts";
import type { Prescan } from "./prescan.ts";

/** The macros of bcc's that declare something: tables, and probes of another kind than a named function. */
const DECLARING = /^[ \t]*(BPF_[A-Z0-9_]+|[A-Z_]+_PROBE|KMOD_RET)[ \t]*\(/gm;

/** To clang a macro that nobody defines is a function without a type; here it is a macro that is not known. */
export function refuseUnknownMacros(
  source: SourceText,
  scan: Prescan,
  files: readonly string[],
): Diagnostic[] {
  const known = definedNamesOf(files);
  const diagnostics: Diagnostic[] = [];
  for (const match of blankCommentsAndLiterals(source.text).matchAll(DECLARING)) {
    const name = match[1] ?? "";
    if (known.has(name) || scan.defined.macros.has(name)) continue;
    const start = match.index + match[0].indexOf(name);
    const similar = similarNames(name, known, 1)[0];
    const hint =
      similar === undefined ? "docs/dialect.md lists the macros that are there." : `Did you mean ${similar}?`;
    const span = { start, end: start + name.length };
    diagnostics.push({
      severity: "error",
      code: "UNKNOWN_MACRO",
      message: `${name} is not supported`,
      source,
      span,
      hint,
    });
  }
  return diagnostics;
}
