import { blankCommentsAndLiterals } from "./blank-text.ts";
import { type AstNode, children, stripped } from "./syntax-tree.ts";
import { asTableCall, type TranslationUnit } from "./translation-unit.ts";

/** A member of a table that has its type and no value. */
const MEMBER = /\b([A-Za-z_]\w*)\s*\.\s*(key|leaf)\b(?!\s*\()/g;
const DEFINITION = /^[ \t]*#[ \t]*define\b(?:[^\n\\]|\\[\s\S])*/gm;

/**
 * `sizeof(table.leaf)` and `typeof(table.key)` name the table's types: what libbpf reads has pointers to them.
 * Clang's tree does not hold what stands in typeof, so the text is searched.
 */
export function rewriteTableTypes(unit: TranslationUnit): void {
  const names = new Set(unit.tables.map(({ name }) => name));
  if (names.size === 0) return;
  const text = blankCommentsAndLiterals(unit.source.text);
  const others = membersOfOthers(unit, names);
  for (const {
    0: { length },
    1: name = "",
    2: member = "",
    index,
  } of text.matchAll(MEMBER)) {
    if (!names.has(name) || others.has(index)) continue;
    unit.edits.replace(index, index + length, `(*${name}.${member === "leaf" ? "value" : "key"})`);
  }
  if (takesTable(text, names)) unit.needsExpansion = true;
  for (const value of valuesOfTables(unit)) {
    const message = "a table's key and leaf are types and have no value";
    const hint = "sizeof() and typeof() take them; lookup() gives a value.";
    unit.report("error", "TABLE_TYPE", message, value, hint);
  }
}

/** Where a local variable has a table's name, by its members' places. */
function membersOfOthers(unit: TranslationUnit, names: ReadonlySet<string>): Set<number> {
  const others = new Set<number>();
  unit.visitBodies((node) => {
    if (asTableCall(node) !== undefined) return true;
    if (node.kind !== "MemberExpr" || (node.name !== "key" && node.name !== "leaf")) return true;
    const base = children(node)[0];
    const variable = base && stripped(base);
    const name = variable?.referencedDecl?.name;
    if (variable === undefined || name === undefined || !names.has(name)) return true;
    const at = unit.places.startOf(variable);
    if (variable.type?.qualType !== `struct ${name}_table_t` && at !== undefined) others.add(at);
    return true;
  });
  return others;
}

/** Members of tables that a program would read or write when it runs. */
function valuesOfTables(unit: TranslationUnit): AstNode[] {
  const found: AstNode[] = [];
  unit.visitBodies((node) => {
    if (node.kind === "UnaryExprOrTypeTraitExpr" || node.kind === "OffsetOfExpr") return false;
    const base = node.kind === "MemberExpr" ? children(node)[0] : undefined;
    const variable = base && stripped(base);
    const isTable = variable?.type?.qualType === `struct ${variable?.referencedDecl?.name}_table_t`;
    if (isTable && (node.name === "key" || node.name === "leaf")) found.push(node);
    return true;
  });
  return found;
}

/** Whether a macro's body has such a member of one of its parameters. */
function takesTable(text: string, names: ReadonlySet<string>): boolean {
  const bodies = [...text.matchAll(DEFINITION)].map(([body]) => body);
  return bodies.some((body) => [...body.matchAll(MEMBER)].some(([, name = ""]) => !names.has(name)));
}
