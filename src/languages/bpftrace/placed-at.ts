import type { SourceText, Span } from "../../source/source-text.ts";
import type { Expression, Script } from "./ast.ts";

/** The same expression with all of its parts at one place of the user's text. */
export function placedAt(expression: Expression, span: Span): Expression {
  return respanned(expression, () => span) as Expression;
}

/** The same script with all of its places in a text that is not the main one. */
export function withSource(script: Script, source: SourceText): Script {
  return respanned(script, (span) => ({ source, ...span })) as Script;
}

function respanned(node: unknown, change: (span: Span) => Span): unknown {
  if (Array.isArray(node)) return node.map((item) => respanned(item, change));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "span" || key === "nameSpan" ? change(value as Span) : respanned(value, change),
    ]),
  );
}
