import { type AstNode, canonicalType, children, stripped } from "./syntax-tree.ts";
import { kindWithMethod, TABLE_KINDS } from "./table-kinds.ts";
import { asTableCall, type TableCall, type TranslationUnit } from "./translation-unit.ts";

/** Kinds whose keys all exist. */
const FULL: ReadonlySet<number> = new Set([2, 6]);

/** `table.method(a, b)` becomes `bcc_ts_method(table, (a), (b))`, a macro of the table library. */
export function rewriteTableCalls(unit: TranslationUnit): void {
  unit.visitBodies((node) => {
    const call = asTableCall(node);
    if (call && isMethod(unit, call) && takesKey(unit, call)) rewrite(unit, call);
    return true;
  });
}

/** BPF_TABLE's struct has the methods of every kind that it can be. */
function isMethod(unit: TranslationUnit, { call, table, method }: TableCall): boolean {
  const kind = unit.tables.find(({ name }) => name === table)?.kind ?? "";
  const known = TABLE_KINDS.get(kind);
  if (method === "insert" && FULL.has(unit.mapType(table))) {
    const message = `every index of ${table} exists already: insert() never has an effect`;
    unit.report("warning", "TABLE_INSERT", message, call, "Use update().");
  }
  if (known === undefined || kind === "extern" || known.methods.has(method)) return true;
  const message = `${table} is ${known.words} and has no method '${method}'`;
  unit.report("error", "UNKNOWN_METHOD", message, call, kindWithMethod(method));
  return false;
}

/** `increment(&key)` would count at a number that is an address of the stack. */
function takesKey(unit: TranslationUnit, { table, method, arguments: [key] }: TableCall): boolean {
  const address = key?.castKind === "PointerToIntegral" ? stripped(key) : undefined;
  if (!TAKES_KEY.has(method) || key?.kind !== "ImplicitCastExpr" || address?.opcode !== "&") return true;
  const message = `${method}() of ${table} takes the key itself and not its address`;
  unit.report("error", "TABLE_KEY", message, address, "Leave out the &.");
  return false;
}

function rewrite(unit: TranslationUnit, { call, table, method, arguments: values }: TableCall): void {
  const span = unit.editable(call);
  const places = values.map((value) => unit.editable(value));
  if (span === undefined || places.includes(undefined)) return;
  const first = places[0];
  // Parentheses keep the commas of a compound literal together when the macro takes its arguments apart.
  const atKey = TAKES_KEY.has(method) && isLocalStruct(values[0]);
  for (const [i, place] of places.entries()) {
    if (place !== undefined) unit.edits.wrap(place.start, place.end, atKey && i === 0 ? "(&" : "(", ")");
  }
  const name = atKey ? `${method}_at` : method;
  const separator = first === undefined ? "" : ", ";
  unit.edits.replace(span.start, first?.start ?? span.end - 1, `bcc_ts_${name}(${table}${separator}`);
}

/** Methods with a key by value, which the kernel wants in memory. */
const TAKES_KEY: ReadonlySet<string> = new Set(["increment", "atomic_increment"]);

/** A struct that lies on the stack as it is: it need not be copied there. */
function isLocalStruct(value: AstNode | undefined): boolean {
  const variable = value?.castKind === "LValueToRValue" ? children(value)[0] : undefined;
  return (
    variable?.kind === "DeclRefExpr" &&
    variable.referencedDecl?.kind === "VarDecl" &&
    /^struct \w+$/.test(canonicalType(variable))
  );
}
