import { type AstNode, canonicalType, children, walk } from "./syntax-tree.ts";
import type { TranslationUnit } from "./translation-unit.ts";

const WIDE = /^(?:unsigned )?long(?: long)?$/;
const HALF = /^(?:unsigned )?int$|^enum /;
const UNEVALUATED = new Set(["UnaryExprOrTypeTraitExpr", "OffsetOfExpr", "ConstantExpr"]);

/**
 * Makes the lower half of a 64-bit value a value of its own where the text cuts it off. Otherwise clang checks the
 * half and indexes with a mask of the whole, and a verifier does not see that the one bounds the other. Only for
 * programs that were refused: it costs an instruction each time.
 */
export function keepBounds(unit: TranslationUnit): void {
  if (!unit.keepsBounds) return;
  unit.visitBodies((node) => {
    if (UNEVALUATED.has(node.kind) || node.storageClass === "static") return false;
    const whole = children(node).at(-1);
    if (whole === undefined || !cutsOff(node, whole) || isConstant(whole)) return true;
    const span = unit.editable(whole);
    if (span === undefined) return true;
    const afterWord = /\w/.test(unit.source.text[span.start - 1] ?? "");
    unit.edits.wrap(span.start, span.end, `${afterWord ? " " : ""}bcc_ts_half(`, ")");
    return true;
  });
}

function cutsOff(cast: AstNode, whole: AstNode): boolean {
  if (cast.castKind !== "IntegralCast") return false;
  return WIDE.test(canonicalType(whole)) && HALF.test(canonicalType(cast));
}

/** What holds no variable and calls nothing is known to clang, and must stay so. */
function isConstant(expression: AstNode): boolean {
  let constant = true;
  walk(expression, (node) => {
    if (UNEVALUATED.has(node.kind)) return false;
    if (node.castKind === "LValueToRValue" || node.kind === "CallExpr") {
      constant = false;
    }
    return constant;
  });
  return constant;
}
