import { memberAtPath } from "../../btf/layout.ts";
import type { KernelFacts } from "../../facts/kernel-facts.ts";
import { ownTypes } from "./own-types.ts";
import { type AstNode, canonicalType, children, walk } from "./syntax-tree.ts";
import { pointedStruct } from "./traced-function.ts";
import type { TranslationUnit, UserFunction } from "./translation-unit.ts";

/** Bytes. A longer copy costs more than the calls that it saves; and it lies on the stack. */
const LONGEST = 64;
/** Bytes. All that a function may copy: the stack has 512, and the program wants them, too. */
const LONGEST_IN_ALL = 128;
/** So that every member is aligned in the copy as it is in the struct. */
const ALIGNMENT = 8;

/** A read of a member through a variable: `sk->__sk_common.skc_daddr`. */
interface MemberRead {
  readonly place: AstNode;
  readonly variable: string;
  readonly name: string;
  /** Bytes from the start of the struct, the first and one more than the last. */
  readonly start: number;
  readonly end: number;
}

/** Reads that are all done whenever the first of their statements runs. */
interface Group {
  readonly owner: UserFunction;
  readonly at: number;
  readonly reads: MemberRead[];
}

/** What a group of reads becomes: its copy of the kernel's memory stands before its first statement. */
export interface MergedReads {
  /** By the node of the place that was to be read: where it lies in the copy. */
  readonly replacements: ReadonlyMap<string, string>;
  readonly copies: readonly { readonly at: number; readonly text: string }[];
}

/**
 * Finds members of one struct, near each other, that statements in a row read through the same variable: one probe
 * read copies them all. Only what runs unconditionally counts, so nothing is read that would not have been.
 */
export function mergeReads(unit: TranslationUnit, isRead: (place: AstNode) => boolean): MergedReads {
  const search = new GroupSearch(unit, isRead);
  for (const f of unit.functions) search.look(f);
  const replacements = new Map<string, string>();
  const copies: { at: number; text: string }[] = [];
  const spent = new Map<UserFunction, number>();
  for (const { owner, at, reads } of search.groups.flatMap(nearOnes)) {
    const start = Math.min(...reads.map((read) => read.start)) & -ALIGNMENT;
    const size = Math.max(...reads.map((read) => read.end)) - start;
    const before = spent.get(owner) ?? 0;
    if (before + size > LONGEST_IN_ALL) continue;
    spent.set(owner, before + size);
    const copy = `bcc_ts_copied${copies.length}`;
    const { name } = reads[0] as MemberRead;
    copies.push({ at, text: `bcc_ts_copy(${copy}, ${name}, ${start}, ${size}) ` });
    for (const read of reads) {
      replacements.set(read.place.id, `bcc_ts_part(${copy}, ${read.start - start}, `);
    }
  }
  return { replacements, copies };
}

/** Of a group those that one copy has room for, again and again; one read alone stays as it is. */
function nearOnes({ owner, at, reads }: Group): Group[] {
  const left = [...reads].sort((a, b) => a.start - b.start);
  const found: Group[] = [];
  while (left.length > 0) {
    const start = (left[0] as MemberRead).start & -ALIGNMENT;
    const near = left.filter((read) => read.end - start <= LONGEST);
    const taken = near.length > 0 ? near : [left[0] as MemberRead];
    left.splice(0, left.length, ...left.filter((read) => !taken.includes(read)));
    if (taken.length > 1) found.push({ owner, at, reads: taken });
  }
  return found;
}

class GroupSearch {
  readonly groups: Group[] = [];
  readonly #unit: TranslationUnit;
  readonly #isRead: (place: AstNode) => boolean;
  readonly #ownTypes: ReadonlySet<string>;
  /** Variables whose address is taken: they may change behind our back. */
  #addressed = new Set<string>();

  constructor(unit: TranslationUnit, isRead: (place: AstNode) => boolean) {
    this.#unit = unit;
    this.#isRead = isRead;
    this.#ownTypes = ownTypes(unit);
  }

  look(f: UserFunction): void {
    this.#addressed = addressedVariables(f.body);
    walk(f.body, (node) => {
      if (node.kind === "CompoundStmt") this.#lookAtStatements(f, children(node));
      return true;
    });
  }

  #lookAtStatements(owner: UserFunction, statements: readonly AstNode[]): void {
    let open = new Map<string, Group>();
    for (const statement of statements) {
      const { start, end } = this.#unit.spanOf(statement);
      const editable = this.#unit.places.of(statement).kind === "user" && end > start;
      const plain = editable && isPlain(statement);
      const evaluated = plain ? statement : conditionOf(statement);
      const changed = changedVariables(statement);
      if (evaluated !== undefined && editable) {
        for (const read of this.#readsIn(evaluated)) {
          if (changed.has(read.variable) || this.#addressed.has(read.variable)) continue;
          const group = open.get(read.variable) ?? { owner, at: start, reads: [] };
          if (group.reads.length === 0) this.groups.push(group);
          group.reads.push(read);
          open.set(read.variable, group);
        }
      }
      if (!plain) open = new Map();
      for (const variable of changed) open.delete(variable);
    }
  }

  /** Reads that a statement does whatever happens. */
  #readsIn(statement: AstNode): MemberRead[] {
    const found: MemberRead[] = [];
    const visit = (node: AstNode): void => {
      if (node.kind === "UnaryExprOrTypeTraitExpr" || node.kind === "StmtExpr") return;
      if (node.kind === "ImplicitCastExpr" && node.castKind === "LValueToRValue") {
        const read = this.#memberRead(children(node)[0]);
        if (read !== undefined) found.push(read);
      }
      for (const child of unconditional(node)) visit(child);
    };
    visit(statement);
    return found;
  }

  #memberRead(place: AstNode | undefined): MemberRead | undefined {
    const names: string[] = [];
    let at = place;
    for (; at?.kind === "MemberExpr"; at = children(at)[0]) {
      if (at.name !== undefined && at.name !== "") names.unshift(at.name);
      if (at.isArrow) break;
    }
    const base = at === undefined ? undefined : children(at)[0];
    const variable = base?.kind === "ImplicitCastExpr" ? children(base)[0] : undefined;
    if (place === undefined || at?.isArrow !== true || variable?.kind !== "DeclRefExpr") return undefined;
    const { id, name, kind } = variable.referencedDecl ?? {};
    const struct = pointedStruct(canonicalType(variable));
    if (id === undefined || name === undefined || kind === "EnumConstantDecl") return undefined;
    if (struct === undefined || this.#ownTypes.has(struct) || !this.#isRead(place)) return undefined;
    if (this.#unit.places.of(place).kind !== "user") return undefined;
    const extent = memberExtent(struct, names.join("."), this.#unit.facts);
    return extent && { place, variable: id, name, ...extent };
  }
}

function memberExtent(struct: string, path: string, { btf }: KernelFacts) {
  const [kind, name] = struct.split(" ") as ["struct" | "union", string];
  const id = btf.find(kind, name);
  const member = id === undefined ? undefined : memberAtPath(btf, id, path);
  if (member === undefined || member.bitSize !== 0 || member.bitOffset % 8 !== 0) return undefined;
  const start = member.bitOffset / 8;
  const size = btf.sizeOf(member.type);
  return size === 0 ? undefined : { start, end: start + size };
}

/** A statement behind which the next one runs, and in front of which a declaration may stand. */
function isPlain({ kind }: AstNode): boolean {
  return kind === "DeclStmt" || /(?:Expr|Operator)$/.test(kind);
}

/** What a statement that decides evaluates first. */
function conditionOf(statement: AstNode): AstNode | undefined {
  if (statement.kind === "IfStmt" || statement.kind === "SwitchStmt") return children(statement)[0];
  return statement.kind === "ReturnStmt" ? statement : undefined;
}

function unconditional(node: AstNode): readonly AstNode[] {
  const parts = children(node);
  const decides =
    /ConditionalOperator$/.test(node.kind) ||
    (node.kind === "BinaryOperator" && (node.opcode === "&&" || node.opcode === "||"));
  return decides ? parts.slice(0, 1) : parts;
}

/** Variables that a statement declares or gives another value. */
function changedVariables(statement: AstNode): Set<string> {
  const changed = new Set<string>();
  walk(statement, (node) => {
    if (node.kind === "VarDecl") changed.add(node.id);
    const target = children(node)[0];
    const assigns =
      (node.kind === "BinaryOperator" && node.opcode === "=") ||
      node.kind === "CompoundAssignOperator" ||
      (node.kind === "UnaryOperator" && (node.opcode === "++" || node.opcode === "--"));
    if (assigns && target?.kind === "DeclRefExpr") changed.add(target.referencedDecl?.id ?? "");
    return true;
  });
  return changed;
}

function addressedVariables(body: AstNode): Set<string> {
  const addressed = new Set<string>();
  walk(body, (node) => {
    const operand = node.kind === "UnaryOperator" && node.opcode === "&" ? children(node)[0] : undefined;
    if (operand?.kind === "DeclRefExpr") addressed.add(operand.referencedDecl?.id ?? "");
    return true;
  });
  return addressed;
}
