import type { Span } from "../../source/source-text.ts";
import type { Macro } from "./ast.ts";

/** A macro reaches those maps alone that it is given: so its body means the same wherever it is called. */
export function checkMacros(macros: readonly Macro[], report: (message: string, span: Span) => void): void {
  for (const { parameters, body } of macros) {
    const given = new Set(parameters.map(({ name }) => name));
    for (const { name, span } of mapsIn(body)) {
      if (given.has(name)) continue;
      report(`Unhygienic access to map: ${name}. Maps are given to a macro as arguments.`, span);
    }
  }
}

/** The maps that are named in a part of the syntax tree. */
function* mapsIn(node: unknown): Iterable<{ readonly name: string; readonly span: Span }> {
  if (Array.isArray(node)) {
    for (const each of node) yield* mapsIn(each);
  } else if (typeof node === "object" && node !== null && "kind" in node) {
    if (node.kind === "map") yield node as unknown as { name: string; span: Span };
    for (const [key, part] of Object.entries(node)) if (!key.endsWith("pan")) yield* mapsIn(part);
  }
}
