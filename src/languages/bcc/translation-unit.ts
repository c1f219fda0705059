import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { Diagnostic, Severity } from "../../source/diagnostic.ts";
import type { SourceText, Span } from "../../source/source-text.ts";
import { Edits } from "./edits.ts";
import { findTables, type Table } from "./find-tables.ts";
import {
  type AstNode,
  canonicalType,
  children,
  Places,
  stripped,
  walk,
  withoutParentheses,
} from "./syntax-tree.ts";
import { TABLE_KINDS } from "./table-kinds.ts";

/** A function that the user's text defines. */
export interface UserFunction {
  readonly node: AstNode;
  readonly name: string;
  readonly isStatic: boolean;
  readonly parameters: readonly AstNode[];
  readonly body: AstNode;
}

/** A call `table.method(...)` of the user's text. */
export interface TableCall {
  readonly call: AstNode;
  readonly member: AstNode;
  readonly table: string;
  readonly method: string;
  readonly arguments: readonly AstNode[];
}

/** What the passes share: the tree, where things stand, the changes and the complaints. */
export class TranslationUnit {
  readonly source: SourceText;
  readonly facts: KernelFacts;
  readonly root: AstNode;
  readonly places: Places;
  readonly edits = new Edits();
  readonly diagnostics: Diagnostic[] = [];
  readonly functions: readonly UserFunction[];
  readonly tables: readonly Table[];
  readonly #records: ReadonlyMap<string, AstNode>;
  #bitFields: ReadonlySet<string> | undefined;
  /** Set by a pass that would have to change the inside of a macro: the text must be expanded first. */
  needsExpansion = false;
  /** Kernel memory is read by probe reads alone. */
  readonly plainReads: boolean;
  /** The lower half of a 64-bit value is kept as a value of its own. */
  readonly keepsBounds: boolean;
  /** Set where kernel memory is loaded without one: should the verifier refuse it, plain reads will do. */
  hasDirectLoads = false;

  constructor(
    source: SourceText,
    preludeText: string,
    root: AstNode,
    facts: KernelFacts,
    options: { readonly plainReads?: boolean | undefined; readonly keepBounds?: boolean | undefined } = {},
  ) {
    this.plainReads = options.plainReads ?? false;
    this.keepsBounds = options.keepBounds ?? false;
    this.source = source;
    this.facts = facts;
    this.root = root;
    this.places = new Places(preludeText, source.text);
    const own = children(root).filter((node) => this.places.startOf(node) !== undefined);
    this.functions = own.flatMap(userFunction);
    this.tables = findTables(own);
    this.#records = new Map(
      children(root)
        .filter((node) => node.kind === "RecordDecl" && node.completeDefinition)
        .map((node) => [node.name ?? "", node]),
    );
  }

  /** The functions that become programs. */
  get programs(): readonly UserFunction[] {
    return this.functions.filter((f) => !f.isStatic);
  }

  /** The definition of a struct or union, undefined when the text has none. */
  record(tag: string): AstNode | undefined {
    return this.#records.get(tag);
  }

  /** True for a member that has no address. */
  isBitField(place: AstNode): boolean {
    const member = withoutParentheses(place);
    if (member.kind !== "MemberExpr") return false;
    this.#bitFields ??= bitFieldsOf(this.root);
    return this.#bitFields.has(member.referencedMemberDecl ?? "");
  }

  /** A type or a method of a table. */
  tableField(table: string, field: string): AstNode | undefined {
    const struct = this.record(`${table}_table_t`);
    return struct && children(struct).find((child) => child.kind === "FieldDecl" && child.name === field);
  }

  /** The kernel's number of a table's kind. As in bcc, a histogram whose key is exactly an int is an array. */
  mapType(table: string): number {
    const kind = this.tables.find(({ name }) => name === table)?.kind ?? "";
    const key = kind === "histogram" ? this.tableField(table, "key") : undefined;
    if (key !== undefined && canonicalType(key) === "int") return TABLE_KINDS.get("array")?.type ?? 0;
    return TABLE_KINDS.get(kind)?.type ?? 0;
  }

  /** The range of a node for messages: where it stands, or the macro that it comes from. */
  spanOf(node: AstNode): Span {
    const place = this.places.of(node);
    return place.kind === "elsewhere" ? { start: 0, end: 0 } : { start: place.start, end: place.end };
  }

  /** The range of a node if it can be edited; otherwise the whole text has to be expanded first. */
  editable(node: AstNode): Span | undefined {
    const place = this.places.of(node);
    if (place.kind === "user") return place;
    this.needsExpansion = true;
    return undefined;
  }

  report(severity: Severity, code: string, message: string, node: AstNode, hint?: string): void {
    this.diagnostics.push({ severity, code, message, source: this.source, span: this.spanOf(node), hint });
  }

  /** Visits every expression and statement of the user's functions. */
  visitBodies(visit: (node: AstNode, owner: UserFunction) => boolean | undefined): void {
    for (const owner of this.functions) walk(owner.body, (node) => visit(node, owner));
  }
}

/** The ids of all members that are bit-fields. */
function bitFieldsOf(root: AstNode): Set<string> {
  const ids = new Set<string>();
  walk(root, (node) => {
    if (node.kind === "FieldDecl" && node.isBitfield) ids.add(node.id);
    return node.kind !== "FunctionDecl" || children(node).some((child) => child.kind === "CompoundStmt");
  });
  return ids;
}

function userFunction(node: AstNode): UserFunction[] {
  const body = children(node).find((child) => child.kind === "CompoundStmt");
  if (node.kind !== "FunctionDecl" || body === undefined || node.name === undefined) return [];
  const parameters = children(node).filter((child) => child.kind === "ParmVarDecl");
  return [{ node, name: node.name, isStatic: node.storageClass === "static", parameters, body }];
}

/** The call as a table method's, if it is one. */
export function asTableCall(node: AstNode): TableCall | undefined {
  if (node.kind !== "CallExpr") return undefined;
  const [callee, ...rest] = children(node);
  const member = callee === undefined ? undefined : stripped(callee);
  if (member?.kind !== "MemberExpr" || member.name === undefined) return undefined;
  const base = children(member)[0];
  const table = base === undefined ? undefined : stripped(base);
  const name = table?.kind === "DeclRefExpr" ? table.referencedDecl?.name : undefined;
  if (name === undefined || table?.type?.qualType !== `struct ${name}_table_t`) return undefined;
  return { call: node, member, table: name, method: member.name, arguments: rest };
}

/** The name of the function that a call calls directly. */
export function calleeName(call: AstNode): string | undefined {
  const callee = children(call)[0];
  const target = callee === undefined ? undefined : stripped(callee);
  return target?.kind === "DeclRefExpr" ? target.referencedDecl?.name : undefined;
}
