import {
  EVENT_SECTION,
  type EventDeclaration,
  eventVariable,
  partialEventVariable,
} from "../../program/program.ts";
import { type AstNode, children, stripped, walk } from "./syntax-tree.ts";
import { asTableCall, type TranslationUnit } from "./translation-unit.ts";

/** Which argument of a buffer's method points to the event. */
const EVENT_ARGUMENT: Readonly<Record<string, number>> = {
  perf_submit: 1,
  ringbuf_output: 0,
  ringbuf_submit: 0,
};

/** Which argument tells the event's size. */
const SIZE_ARGUMENT: Readonly<Record<string, number>> = { perf_submit: 2, ringbuf_output: 1 };

/** The types of what is sent through each buffer: the compiled object's BTF then tells their layouts. */
export function findEventTypes(unit: TranslationUnit): EventDeclaration[] {
  const named = namedTypes(unit.root);
  const events = new Map<string, Set<string>>();
  const parts = new Set<string>();
  unit.visitBodies((node) => {
    const call = asTableCall(node);
    const index = call && EVENT_ARGUMENT[call.method];
    const argument = index === undefined ? undefined : call?.arguments[index];
    const type = argument && pointeeType(argument);
    if (call && type !== undefined && named.has(type)) {
      const types = events.get(call.table) ?? new Set();
      events.set(call.table, types.add(type));
      const size = call.arguments[SIZE_ARGUMENT[call.method] ?? -1];
      if (size !== undefined && isComputed(size)) parts.add(call.table);
    }
    return true;
  });
  return [...events].map(([table, types]) => ({
    table,
    types: [...types],
    ...(parts.has(table) && { mayBePart: true }),
  }));
}

/** What a variable or a call decides, which a constant or a sizeof is not. */
function isComputed(size: AstNode): boolean {
  let computed = false;
  walk(size, (node) => {
    if (node.kind === "UnaryExprOrTypeTraitExpr" || node.kind === "OffsetOfExpr") return false;
    if (node.castKind === "LValueToRValue" || node.kind === "CallExpr") computed = true;
    return !computed;
  });
  return computed;
}

/** Declarations that put the types into the object's BTF; libbpf passes the section over. */
export function eventDeclarations(events: readonly EventDeclaration[]): string {
  const lines = events.flatMap(({ table, types, mayBePart }) =>
    types.map(
      (type, i) =>
        `${type} *const ${(mayBePart ? partialEventVariable : eventVariable)(table, i)} __attribute__((section("${EVENT_SECTION}"), used)) = 0;`,
    ),
  );
  return lines.join("\n");
}

function pointeeType(argument: AstNode): string | undefined {
  const type = stripped(argument).type?.qualType ?? "";
  const pointee = /^(.*\S)\s*\*(?:const)?$/.exec(type)?.[1]?.replace(/\b(?:const|volatile)\s+/g, "");
  return pointee === "void" ? undefined : pointee;
}

/** The types that can be named outside of all functions. */
function namedTypes(root: AstNode): Set<string> {
  const names = new Set([
    "char",
    "int",
    "unsigned int",
    "long",
    "unsigned long",
    "long long",
    "unsigned long long",
  ]);
  for (const node of children(root)) {
    if (node.name === undefined) continue;
    if (node.kind === "RecordDecl") names.add(`${node.tagUsed} ${node.name}`);
    else if (node.kind === "EnumDecl") names.add(`enum ${node.name}`);
    else if (node.kind === "TypedefDecl") names.add(node.name);
  }
  return names;
}
