import type { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";
import type { BtfType } from "./btf-type.ts";

/** The types at which a C declaration begins: they have a name of their own or are anonymous. */
export type LeafType = Extract<
  BtfType,
  { kind: "void" | "int" | "float" | "struct" | "union" | "enum" | "fwd" | "typedef" }
>;

/** Spells the type at which a declaration begins. `pointedAt`: it may be incomplete there. */
export type SpellLeaf = (id: number, type: LeafType, pointedAt: boolean) => string;

/** Damaged BTF can describe a function type that takes itself twice, and so on: the text would have no end. */
const MOST_PARTS = 100_000;
const MOST_DEPTH = 250;

/**
 * Builds a C declaration of a type from the inside out: pointers, arrays, functions and qualifiers around the
 * declared name, and what `leaf` says in front.
 */
export class Declarator {
  readonly #btf: Btf;
  readonly #leaf: SpellLeaf;
  #parts = 0;
  #depth = 0;

  constructor(btf: Btf, leaf: SpellLeaf) {
    this.#btf = btf;
    this.#leaf = leaf;
  }

  /**
   * "struct sock *sk" for a pointer to struct sock and "sk"; without a name the type alone. `leaf` may call
   * it for the members of an anonymous struct.
   */
  declare(id: number, name = ""): string {
    if (this.#depth === 0) this.#parts = 0;
    return this.#spell(id, name, "", false);
  }

  #spell(id: number, inner: string, qualifiers: string, pointedAt: boolean): string {
    if (++this.#parts > MOST_PARTS || ++this.#depth > MOST_DEPTH) throw damaged(`type ${id} has no end`);
    const text = this.#spellKind(id, inner, qualifiers, pointedAt);
    this.#depth--;
    return text;
  }

  #spellKind(id: number, inner: string, qualifiers: string, pointedAt: boolean): string {
    const type = this.#btf.type(id);
    switch (type.kind) {
      case "ptr":
        return this.#spell(type.to, `*${qualifiers}${this.#glue(qualifiers, inner)}`, "", true);
      case "array":
        return this.#spell(type.of, `${this.#grouped(inner)}[${type.count}]`, qualifiers, false);
      case "func_proto":
        return this.#spell(
          type.returns,
          `${this.#grouped(inner)}(${this.#parameters(type.parameters)})`,
          "",
          true,
        );
      case "const":
      case "volatile":
      case "restrict":
        return this.#spell(type.to, inner, withQualifier(qualifiers, type.kind), pointedAt);
      case "type_tag":
        return this.#spell(type.to, inner, qualifiers, pointedAt);
      case "func":
      case "var":
      case "datasec":
      case "decl_tag":
        throw damaged(`type ${id} is used as a value but is a ${type.kind}`);
      default: {
        const before = qualifiers === "" ? "" : `${qualifiers} `;
        const after = inner === "" ? "" : ` ${inner}`;
        return `${before}${this.#leaf(id, type, pointedAt)}${after}`;
      }
    }
  }

  /** `const` belongs to the pointer, so a space must stand between it and the name. */
  #glue(qualifiers: string, inner: string): string {
    return qualifiers !== "" && inner !== "" ? ` ${inner}` : inner;
  }

  /** Arrays and functions bind stronger than the star of a pointer to them. */
  #grouped(inner: string): string {
    return inner.startsWith("*") ? `(${inner})` : inner;
  }

  #parameters(parameters: readonly { readonly type: number }[]): string {
    if (parameters.length === 0) return "void";
    const last = parameters.length - 1;
    const texts = parameters.map(({ type }, i) => {
      // Type 0 at the end is how BTF writes "...".
      if (type === 0) return i === last ? "..." : "int";
      return this.#spell(type, "", "", true);
    });
    return texts.join(", ");
  }
}

/** `restrict` is written as GNU C has it in every mode. Repeated qualifiers are legal C but warned about. */
function withQualifier(qualifiers: string, kind: "const" | "volatile" | "restrict"): string {
  const word = kind === "restrict" ? "__restrict" : kind;
  if (qualifiers === "") return word;
  return qualifiers.split(" ").includes(word) ? qualifiers : `${qualifiers} ${word}`;
}
