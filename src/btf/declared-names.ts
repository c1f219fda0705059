import type { Btf } from "./btf.ts";
import type { EnumType } from "./btf-type.ts";
import type { DeclarationRequest, Reach } from "./reach.ts";

/** Names that the compiler has already taken, with another meaning than the kernel's. */
const TAKEN_BY_COMPILER: ReadonlySet<string> = new Set([
  "__builtin_va_list",
  "__va_list_tag",
  "__va_list",
  "__int128_t",
  "__uint128_t",
]);

/**
 * The name under which each reached type stands in the C text. Types that are reached more directly keep
 * theirs; a later type of the same name gets a number, a kernel type whose name the program defines
 * "___kernel".
 */
export class DeclaredNames {
  readonly #btf: Btf;
  readonly #defined: DeclarationRequest["defined"];
  readonly #tags = new Map<number, string>();
  readonly #typedefs = new Map<number, string>();
  readonly #takenTags = new Set<string>();
  readonly #takenOrdinary = new Set<string>();

  constructor(btf: Btf, request: DeclarationRequest, reach: Reach) {
    this.#btf = btf;
    this.#defined = request.defined;
    for (const id of [...reach.complete, ...reach.enums, ...reach.declared]) this.#nameTag(id);
    for (const id of reach.typedefs) this.#nameTypedef(id);
  }

  /** True for an enum whose tag the program has: the kernel's is written without its tag. */
  isTagless(type: EnumType): boolean {
    return type.name === "" || this.#defined.tags.has(type.name);
  }

  /** The tag of a struct, union, enum or forward declaration. Behind a pointer the program's own is meant. */
  tag(id: number, pointedAt: boolean): string {
    const type = this.#btf.type(id);
    if (pointedAt && "name" in type && type.kind !== "enum" && this.#defined.tags.has(type.name)) {
      return type.name;
    }
    return this.#tags.get(id) ?? `${"name" in type ? type.name : ""}___${id}`;
  }

  typedef(id: number): string {
    return this.#typedefs.get(id) ?? `unreached___${id}`;
  }

  /** Enumerators that may be declared: neither the program nor an earlier declaration has their name. */
  takeEnumerators(type: EnumType): EnumType["values"] {
    return type.values.filter(({ name }) => {
      if (this.#isDefined(name) || this.#takenOrdinary.has(name)) return false;
      this.#takenOrdinary.add(name);
      return true;
    });
  }

  #isDefined(name: string): boolean {
    return this.#defined.ordinary.has(name) || this.#defined.macros.has(name);
  }

  #nameTag(id: number): void {
    const type = this.#btf.type(id);
    if (!("name" in type) || type.name === "" || this.#tags.has(id)) return;
    const isForward = type.kind === "fwd";
    // A forward declaration means whatever struct of that name there is.
    if (isForward) this.#tags.set(id, type.name);
    else this.#tags.set(id, take(type.name, this.#takenTags, this.#defined.tags));
  }

  #nameTypedef(id: number): void {
    const type = this.#btf.type(id);
    if (type.kind !== "typedef" || this.#typedefs.has(id)) return;
    const name = this.#isDefined(type.name) ? `${type.name}___kernel` : type.name;
    this.#typedefs.set(id, take(name, this.#takenOrdinary, new Set()));
  }
}

function take(name: string, taken: Set<string>, defined: ReadonlySet<string>): string {
  const wanted = defined.has(name) || TAKEN_BY_COMPILER.has(name) ? `${name}___kernel` : name;
  let free = wanted;
  for (let i = 2; taken.has(free); i++) free = `${wanted}___${i}`;
  taken.add(free);
  return free;
}
