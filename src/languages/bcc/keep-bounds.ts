import { type AstNode, canonicalType, children, walk } from "./syntax-tree.ts";
import type { TranslationUnit } from "./translation-unit.ts";

const WIDE = /^(?:unsigned )?long(?: long)?$/;
const HALF = /^(?:unsigned )?int$|^enum /;
const UNEVALUATED = new Set(["UnaryExprOrTypeTraitExpr", "OffsetOfExpr", "ConstantExpr"]);

/**
 * Keeps the verifier's hold on values that index or measure. Only for programs that were refused: it costs an
 * instruction each time.
 */
export function keepBounds(unit: TranslationUnit): void {
  if (!unit.keepsBounds) return;
  unit.visitBodies((node) => {
    if (UNEVALUATED.has(node.kind) || node.storageClass === "static") return false;
    keepHalf(unit, node);
    keepIndex(unit, node);
    keepArray(unit, node);
    keepRemainder(unit, node);
    return true;
  });
}

/**
 * Makes the lower half of a 64-bit value a value of its own where the text cuts it off. Otherwise clang checks the
 * half and indexes with a mask of the whole, and a verifier does not see that the one bounds the other.
 */
function keepHalf(unit: TranslationUnit, node: AstNode): void {
  const whole = children(node).at(-1);
  if (whole !== undefined && cutsOff(node, whole) && !isConstant(whole)) wrap(unit, whole, "bcc_ts_half(");
}

/**
 * Of `a[i - 1]` has the 1 taken from the address and not from the index. Clang may have i - 1 ready, as what a stack's
 * top becomes, and verifiers before Linux 6.8 do not conclude from i != 0 that it is not negative.
 */
function keepIndex(unit: TranslationUnit, node: AstNode): void {
  if (node.kind !== "ArraySubscriptExpr") return;
  const index = bare(children(node).at(-1));
  if (index?.kind !== "BinaryOperator" || (index.opcode !== "-" && index.opcode !== "+")) return;
  const [value, constant] = children(index);
  if (value === undefined || constant === undefined || !isConstant(constant) || isConstant(value)) return;
  const cut = children(value).at(-1);
  // That is wrapped already.
  if (cut !== undefined && cutsOff(value, cut)) return;
  wrap(unit, value, "bcc_ts_bounded(");
}

/**
 * Has clang not know where an array of the stack lies. It knows which of the address's low bits are zero and would add
 * a member's offset by `|=`, which verifiers do not allow on pointers.
 */
function keepArray(unit: TranslationUnit, node: AstNode): void {
  if (node.kind !== "ArraySubscriptExpr") return;
  const [base, index] = children(node);
  const array = base?.castKind === "ArrayToPointerDecay" ? children(base)[0] : undefined;
  if (array === undefined || index === undefined || isConstant(index) || !isVariable(array)) return;
  wrap(unit, array, "bcc_ts_array(");
}

/**
 * Has a remainder compared with what it is the remainder of: clang divides by multiplying, and verifiers take the
 * result for any number.
 */
function keepRemainder(unit: TranslationUnit, node: AstNode): void {
  if (node.opcode !== "%" || !canonicalType(node).startsWith("unsigned ")) return;
  const [value, divisor] = children(node);
  if (value === undefined || divisor === undefined || isConstant(value) || !isConstant(divisor)) return;
  const span = unit.editable(divisor);
  if (span !== undefined)
    wrap(unit, node, `bcc_ts_remainder(${unit.source.text.slice(span.start, span.end)}, `);
}

/** A variable of the program's, or a member of one. */
function isVariable(node: AstNode): boolean {
  if (node.kind === "MemberExpr" || node.kind === "ParenExpr") {
    const [inner] = children(node);
    return node.isArrow !== true && inner !== undefined && isVariable(inner);
  }
  return node.kind === "DeclRefExpr";
}

function wrap(unit: TranslationUnit, expression: AstNode, opening: string): void {
  const span = unit.editable(expression);
  if (span === undefined) return;
  const afterWord = /\w/.test(unit.source.text[span.start - 1] ?? "");
  unit.edits.wrap(span.start, span.end, `${afterWord ? " " : ""}${opening}`, ")");
}

/** Without brackets and changes of type that the text does not spell. */
function bare(node: AstNode | undefined): AstNode | undefined {
  return node?.kind === "ImplicitCastExpr" || node?.kind === "ParenExpr" ? bare(children(node).at(-1)) : node;
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
