import { EVENT_SECTION, type EventDeclaration, eventVariable } from "../../program/program.ts";
import { type AstNode, children, stripped } from "./syntax-tree.ts";
import { asTableCall, type TranslationUnit } from "./translation-unit.ts";

/** Which argument of a buffer's method points to the event. */
const EVENT_ARGUMENT: Readonly<Record<string, number>> = {
  perf_submit: 1,
  ringbuf_output: 0,
  ringbuf_submit: 0,
};

/** The types of what is sent through each buffer: the compiled object's BTF then tells their layouts. */
export function findEventTypes(unit: TranslationUnit): EventDeclaration[] {
  const named = namedTypes(unit.root);
  const events = new Map<string, Set<string>>();
  unit.visitBodies((node) => {
    const call = asTableCall(node);
    const index = call && EVENT_ARGUMENT[call.method];
    const argument = index === undefined ? undefined : call?.arguments[index];
    const type = argument && pointeeType(argument);
    if (call && type !== undefined && named.has(type)) {
      const types = events.get(call.table) ?? new Set();
      events.set(call.table, types.add(type));
    }
    return true;
  });
  return [...events].map(([table, types]) => ({ table, types: [...types] }));
}

/** Declarations that put the types into the object's BTF; libbpf passes the section over. */
export function eventDeclarations(events: readonly EventDeclaration[]): string {
  const lines = events.flatMap(({ table, types }) =>
    types.map(
      (type, i) =>
        `${type} *const ${eventVariable(table, i)} __attribute__((section("${EVENT_SECTION}"), used)) = 0;`,
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
