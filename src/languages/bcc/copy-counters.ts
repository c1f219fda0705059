import { type AstNode, canonicalType, children, stripped } from "./syntax-tree.ts";
import { asTableCall, type TranslationUnit } from "./translation-unit.ts";

/** Methods that only read what their arguments point to. */
const READS = new Set(["lookup", "lookup_or_init", "lookup_or_try_init", "update", "insert", "delete"]);
const INTEGER = /^(?:unsigned |signed )?(?:char|short|int|long|long long)$/;

/**
 * Gives tables copies of numbers, as of `i` in `for (...; i < 10; i++) table.lookup(&i)`. A number whose address is
 * taken lies on the stack, where the verifier loses its value: the loop seems to have no end. Only for programs that
 * were refused.
 */
export function copyCounters(unit: TranslationUnit): void {
  if (!unit.keepsBounds) return;
  unit.visitBodies((node) => {
    const call = asTableCall(node);
    if (call === undefined || !READS.has(call.method)) return true;
    for (const argument of call.arguments) copyNumber(unit, stripped(argument));
    return true;
  });
}

function copyNumber(unit: TranslationUnit, address: AstNode): void {
  const variable = address.opcode === "&" ? children(address)[0] : undefined;
  if (variable?.referencedDecl?.kind !== "VarDecl" || !INTEGER.test(canonicalType(variable))) return;
  const span = unit.editable(variable);
  if (span !== undefined) unit.edits.wrap(span.start, span.end, "bcc_ts_copied(", ")");
}
