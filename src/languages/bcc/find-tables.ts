import type { TableDeclaration } from "../../program/program.ts";
import { type AstNode, children } from "./syntax-tree.ts";

/** A table of the text, as its macro says. */
export interface Table extends TableDeclaration {
  readonly node: AstNode;
}

/** The kind as a macro writes it: "hash", "hash_of_maps$INNER", "hash:/sys/fs/bpf/PIN", "public/array". */
const KIND = /^(?:(public|shared)\/)?(\w*)(?:\$([^:]*))?(?::(.*))?$/;

/** The tables that a text declares. */
export function findTables(declarations: readonly AstNode[]): Table[] {
  const kinds = new Map<string, string>();
  const tables: Table[] = [];
  for (const node of declarations) {
    if (node.kind !== "VarDecl" || node.name === undefined) continue;
    const named = /^bcc_ts_kind_(.+)$/.exec(node.name)?.[1];
    if (named !== undefined) kinds.set(named, stringOf(node) ?? "");
    else if (node.type?.qualType === `struct ${node.name}_table_t`) {
      tables.push(declaredTable(node, node.name, kinds.get(node.name) ?? ""));
    }
  }
  return tables;
}

function declaredTable(node: AstNode, name: string, text: string): Table {
  const [, share, kind = text, inner, pin] = KIND.exec(text) ?? [];
  return {
    node,
    name,
    kind,
    ...(share !== undefined && { share: share as "public" | "shared" }),
    ...(inner !== undefined && { inner }),
    ...(pin !== undefined && { pin }),
  };
}

function stringOf(variable: AstNode): string | undefined {
  const literal = children(variable).find((child) => child.kind === "StringLiteral");
  try {
    return literal?.value === undefined ? undefined : (JSON.parse(literal.value) as string);
  } catch {
    return undefined; // An escape that JSON does not have stands in no kind.
  }
}
