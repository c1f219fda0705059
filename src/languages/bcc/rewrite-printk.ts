import { printkProblem } from "./check-printk-format.ts";
import { type AstNode, children, stripped } from "./syntax-tree.ts";
import { calleeName, type TranslationUnit } from "./translation-unit.ts";

/** bpf_trace_vprintk, which takes more than three values, came with Linux 5.16. */
const VPRINTK_SINCE = (5 << 16) | (16 << 8);

/** bpf_trace_printk with a literal format: the helper wants the text in memory, and its size. */
export function rewritePrintk(unit: TranslationUnit): void {
  unit.visitBodies((node) => {
    if (node.kind === "CallExpr" && calleeName(node) === "bpf_trace_printk") rewrite(unit, node);
    return true;
  });
}

function rewrite(unit: TranslationUnit, call: AstNode): void {
  const [callee, format, ...values] = children(call);
  if (callee === undefined || format === undefined) return;
  if (stripped(format).kind !== "StringLiteral") {
    if (values.length > 0) return;
    const hint = 'Write bpf_trace_printk("text %d\\n", value), or give the size of the text after it.';
    unit.report("error", "PRINTK_FORMAT", "the format of bpf_trace_printk must be a literal", format, hint);
    return;
  }
  const problem = printkProblem(stripped(format).value ?? "", values.length, unit.facts.versionCode);
  if (problem !== undefined) {
    const hint =
      "It prints %d %i %u %x %ld %lu %lx %lld %llu %llx %c %s %p %px %ps %pS %pI4 %pI6, with a width.";
    unit.report("warning", "PRINTK_FORMAT", problem, format, hint);
  }
  const name = unit.editable(stripped(callee));
  if (name === undefined) return;
  if (values.length <= 3) {
    unit.edits.replace(name.start, name.end, "bcc_ts_printk");
    return;
  }
  if (unit.facts.versionCode < VPRINTK_SINCE) {
    const message = "bpf_trace_printk takes at most three values before Linux 5.16";
    unit.report("error", "PRINTK_VALUES", message, values[3] ?? call, "Print in two calls.");
    return;
  }
  unit.edits.replace(name.start, name.end, "bcc_ts_vprintk");
  for (const value of values) {
    const span = unit.editable(value);
    if (span !== undefined) unit.edits.wrap(span.start, span.end, "(u64)(", ")");
  }
}
