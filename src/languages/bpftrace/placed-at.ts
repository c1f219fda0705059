import type { Span } from "../../source/source-text.ts";
import type { Expression } from "./ast.ts";

/** The same expression with all of its parts at one place of the user's text. */
export function placedAt(expression: Expression, span: Span): Expression {
  return placed(expression, span) as Expression;
}

function placed(node: unknown, span: Span): unknown {
  if (Array.isArray(node)) return node.map((item) => placed(item, span));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "span" || key === "nameSpan" ? span : placed(value, span),
    ]),
  );
}
