import { RecordFields } from "./record-fields.ts";
import { type AstNode, canonicalType, children, isPointerType } from "./syntax-tree.ts";
import { asTableCall, type TranslationUnit } from "./translation-unit.ts";

/** Methods whose first argument is a key: its address, or the key itself. */
const BY_ADDRESS: ReadonlySet<string> = new Set(
  "lookup lookup_or_try_init lookup_or_init update insert delete".split(" "),
);
const BY_VALUE: ReadonlySet<string> = new Set(["increment", "atomic_increment"]);

/**
 * Begins structs that are keys with zeros where the text sets their members one by one: the bytes between the members
 * count, too, when a key is looked for, and newer verifiers let them be what was on the stack before. Where members
 * cover each other's bytes, the compiler leaves the zeros out again.
 */
export function zeroKeys(unit: TranslationUnit): void {
  const variables = new Map<string, AstNode>();
  const keys = new Set<string>();
  unit.visitBodies((node) => {
    if (node.kind === "VarDecl" && isBareLocal(node)) variables.set(node.id, node);
    const call = asTableCall(node);
    const key = call?.arguments[0];
    const variable = key && (BY_ADDRESS.has(call.method) ? addressed(key) : copied(key, call.method));
    if (variable !== undefined) keys.add(variable);
    return true;
  });
  const bare = [...variables.values()].filter(({ id }) => keys.has(id));
  if (bare.length === 0) return;
  const records = new RecordFields(unit.root);
  for (const variable of bare) {
    const place = unit.places.of(variable);
    if (place.kind === "user" && records.of(variable) !== undefined) unit.edits.insert(place.end, " = {}");
  }
}

function isBareLocal(variable: AstNode): boolean {
  const hasValue = children(variable).some((child) => !child.kind.endsWith("Attr"));
  return !hasValue && variable.storageClass === undefined && !isPointerType(canonicalType(variable));
}

/** `&key`. */
function addressed(argument: AstNode): string | undefined {
  const operator = argument.kind === "ImplicitCastExpr" ? children(argument)[0] : argument;
  const variable = operator?.opcode === "&" ? children(operator)[0] : undefined;
  return variable?.kind === "DeclRefExpr" ? variable.referencedDecl?.id : undefined;
}

function copied(argument: AstNode, method: string): string | undefined {
  const variable = argument.castKind === "LValueToRValue" ? children(argument)[0] : undefined;
  return BY_VALUE.has(method) && variable?.kind === "DeclRefExpr" ? variable.referencedDecl?.id : undefined;
}
