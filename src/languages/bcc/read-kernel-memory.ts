import { markPointers } from "./mark-pointers.ts";
import { type MergedReads, mergeReads } from "./merge-reads.ts";
import { readBitField } from "./read-bit-field.ts";
import { type AstNode, canonicalType, children } from "./syntax-tree.ts";
import { asTableCall, type TranslationUnit } from "./translation-unit.ts";
import { TrustedPointers } from "./trusted-pointers.ts";
import { trustedSources } from "./trusted-sources.ts";

/**
 * Puts a probe read around every read of kernel memory. Clang marks the reads: an lvalue that becomes a
 * value. Operands of `&` and arrays that become addresses are not read, so they stay as they are.
 */
export function readKernelMemory(unit: TranslationUnit): void {
  const marks = markPointers(unit);
  const trusted = new TrustedPointers(unit);
  const merged = mergeReads(unit, (place) => marks.inKernel(place) && !trusted.reads(place));
  for (const { at, text } of merged.copies) unit.edits.insert(at, text);
  unit.visitBodies((node) => {
    if (node.kind === "UnaryExprOrTypeTraitExpr" || node.kind === "OffsetOfExpr") return false;
    const place = children(node)[0];
    if (place === undefined || asTableCall(node)) return true;
    if (node.kind === "ImplicitCastExpr" && node.castKind === "LValueToRValue") {
      if (!marks.inKernel(place)) return true;
      if (trusted.reads(place)) unit.hasDirectLoads = true;
      else wrapRead(unit, place, merged);
    } else if (isWrite(node) && marks.inKernel(place)) {
      reportWrite(unit, node);
    }
    return true;
  });
  for (const call of trustedSources(unit).taskCalls) askForPointer(unit, call);
}

/** The helper of the same meaning whose result the verifier knows to be a task. */
function askForPointer(unit: TranslationUnit, call: AstNode): void {
  const callee = children(call)[0];
  const span = callee && unit.editable(callee);
  if (span !== undefined) unit.edits.replace(span.start, span.end, "bpf_get_current_task_btf");
}

function wrapRead(unit: TranslationUnit, place: AstNode, merged: MergedReads): void {
  if (unit.isBitField(place)) {
    readBitField(unit, place);
    return;
  }
  const span = unit.editable(place);
  if (span === undefined) return;
  // `return*p` and `return(p)->x` are C.
  const afterWord = /\w/.test(unit.source.text[span.start - 1] ?? "");
  const read = merged.replacements.get(place.id) ?? "bcc_ts_read(";
  unit.edits.wrap(span.start, span.end, afterWord ? ` ${read}` : read, ")");
}

function isWrite(node: AstNode): boolean {
  if (node.kind === "CompoundAssignOperator") return true;
  if (node.kind === "BinaryOperator") return node.opcode === "=";
  return node.kind === "UnaryOperator" && (node.opcode === "++" || node.opcode === "--");
}

function reportWrite(unit: TranslationUnit, node: AstNode): void {
  const type = canonicalType(children(node)[0] ?? node);
  const message = `kernel memory cannot be written (this ${type} lies behind a kernel pointer)`;
  const hint = "Copy the value into a local variable and change that.";
  unit.report("error", "KERNEL_WRITE", message, node, hint);
}
