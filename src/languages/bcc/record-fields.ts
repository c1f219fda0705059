import { type AstNode, canonicalType, children, isPointerType, walk } from "./syntax-tree.ts";

/** A field that holds a pointer, or an array of them, and its level when the pointers are the kernel's. */
export interface PointerField {
  readonly id: string;
  readonly level: number;
}

/** The fields of the structs and unions of a translation unit, by the type of an expression. */
export class RecordFields {
  readonly #records = new Map<string, AstNode>();
  readonly #sharing = new Map<string, readonly string[]>();

  constructor(root: AstNode) {
    const byId = new Map<string, AstNode>();
    walk(root, (node) => {
      if (node.kind === "RecordDecl" && node.completeDefinition) {
        byId.set(node.id, node);
        if (node.name !== undefined) this.#records.set(`${node.tagUsed} ${node.name}`, node);
      } else if (node.kind === "TypedefDecl" && node.name !== undefined) {
        const record = byId.get(declarationOf(node) ?? "");
        if (record !== undefined && record.name === undefined) this.#records.set(node.name, record);
      }
      if (node.kind === "RecordDecl" && node.tagUsed === "union") this.#addSharing(ownFields(node));
      this.#addNameless(children(node));
      return true;
    });
  }

  /** A record without a name is known by the type of the variable or field that follows it. */
  #addNameless(siblings: readonly AstNode[]): void {
    siblings.forEach((record, i) => {
      const next = siblings[i + 1];
      if (record.kind !== "RecordDecl" || record.name !== undefined || next?.type === undefined) return;
      const type = elementType(typeKey(next));
      if (/\((?:unnamed|anonymous) /.test(type)) this.#records.set(type, record);
    });
  }

  /** Members of a union that can hold an address: what is written to one is read from another. */
  #addSharing(members: readonly AstNode[]): void {
    const ids = members.filter(holdsAddress).map(({ id }) => id);
    for (const id of ids) if (ids.length > 1) this.#sharing.set(id, ids);
  }

  /** The members that lie where this one lies. */
  sharing(field: string): readonly string[] {
    return this.#sharing.get(field) ?? [];
  }

  has(node: AstNode): boolean {
    return this.#records.has(typeKey(node));
  }

  /** The fields in their order, a nameless record's as one; undefined for what is no known struct. */
  of(node: AstNode): readonly AstNode[] | undefined {
    const record = this.#records.get(typeKey(node));
    return record?.tagUsed === "struct" ? ownFields(record) : undefined;
  }

  /** All fields with pointers of a record or of what a pointer to one leads to, those of the records in it, too. */
  pointersOf(node: AstNode, behindPointer: boolean): PointerField[] {
    const key = typeKey(node);
    const record = this.#records.get(behindPointer ? key.replace(/ \*$/, "") : key);
    return record === undefined ? [] : this.#pointersIn(record);
  }

  #pointersIn(record: AstNode): PointerField[] {
    return children(record).flatMap((child) => {
      if (child.kind === "RecordDecl") return child.name === undefined ? this.#pointersIn(child) : [];
      if (child.kind !== "FieldDecl") return [];
      const inner = this.#records.get(elementType(typeKey(child)));
      if (inner !== undefined) return this.#pointersIn(inner);
      const level = pointerLevel(canonicalType(child));
      return level === undefined ? [] : [{ id: child.id, level }];
    });
  }
}

const WIDE_INTEGER = /^(?:const |volatile )*(?:unsigned )?long(?: long)?$/;

/** Pointers, and integers that are wide enough for one. */
export function holdsAddress(node: AstNode): boolean {
  const type = canonicalType(node);
  return isPointerType(type) || WIDE_INTEGER.test(type);
}

/** 0 for a pointer, 1 for an array of pointers; undefined for what holds none. */
export function pointerLevel(type: string): number | undefined {
  const element = elementType(type);
  if (!isPointerType(element)) return undefined;
  return (type.slice(element.length).match(/\[/g) ?? []).length;
}

function elementType(type: string): string {
  return type.replace(/(?:\s*\[\d*\])+$/, "");
}

function typeKey(node: AstNode): string {
  return canonicalType(node).replace(/^(?:(?:const|volatile) )+/, "");
}

function ownFields(record: AstNode): AstNode[] {
  return children(record).filter((child) => child.kind === "FieldDecl");
}

/** The record that a typedef declares in one go: `typedef struct { ... } name;`. */
function declarationOf(node: AstNode): string | undefined {
  for (const child of children(node)) {
    const found = child.decl?.id ?? declarationOf(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
