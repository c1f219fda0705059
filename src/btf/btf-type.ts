/**
 * One BTF type, decoded. `name` is "" for an anonymous type; type ids refer to the same Btf, 0 is void.
 *
 * @see https://docs.kernel.org/bpf/btf.html
 */
export type BtfType =
  | { readonly kind: "void" }
  | IntType
  | { readonly kind: "ptr"; readonly to: number }
  | { readonly kind: "array"; readonly of: number; readonly index: number; readonly count: number }
  | CompositeType
  | EnumType
  | { readonly kind: "fwd"; readonly name: string; readonly of: "struct" | "union" }
  | { readonly kind: "typedef"; readonly name: string; readonly to: number }
  | { readonly kind: "const" | "volatile" | "restrict"; readonly to: number }
  | { readonly kind: "type_tag"; readonly name: string; readonly to: number }
  | { readonly kind: "func"; readonly name: string; readonly to: number; readonly linkage: number }
  | FuncProtoType
  | { readonly kind: "var"; readonly name: string; readonly to: number; readonly linkage: number }
  | DatasecType
  | { readonly kind: "float"; readonly name: string; readonly size: number }
  | { readonly kind: "decl_tag"; readonly name: string; readonly to: number; readonly component: number };

export type BtfKind = BtfType["kind"];

export interface IntType {
  readonly kind: "int";
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly encoding: "unsigned" | "signed" | "char" | "bool";
  readonly bits: number;
  readonly bitOffset: number;
}

export interface Member {
  readonly name: string;
  readonly type: number;
  /** From the start of the struct. */
  readonly bitOffset: number;
  /** 0 for a member that is not a bit-field. */
  readonly bitSize: number;
}

export interface CompositeType {
  readonly kind: "struct" | "union";
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly members: readonly Member[];
}

export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

/** BTF's ENUM and ENUM64 alike. */
export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly Enumerator[];
}

export interface FuncProtoType {
  readonly kind: "func_proto";
  readonly returns: number;
  readonly parameters: readonly { readonly name: string; readonly type: number }[];
}

export interface DatasecType {
  readonly kind: "datasec";
  readonly name: string;
  readonly size: number;
  readonly variables: readonly { readonly type: number; readonly offset: number; readonly size: number }[];
}
