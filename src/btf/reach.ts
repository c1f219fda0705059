import type { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";
import type { CompositeType, EnumType } from "./btf-type.ts";
import { lookUp, type NamedEnumerator, type NameLookup } from "./look-up.ts";

/** What a program says about itself. Names that it defines win over the kernel's. */
export interface DeclarationRequest {
  /** Every identifier of the program text: types, tags, enumerators and member names alike. */
  readonly identifiers: ReadonlySet<string>;
  readonly defined: {
    /** Tags of structs, unions and enums. */
    readonly tags: ReadonlySet<string>;
    /** Typedef names, enumerators, functions and variables. */
    readonly ordinary: ReadonlySet<string>;
    readonly macros: ReadonlySet<string>;
  };
  /** Tags that must be complete though the identifiers do not reach them. */
  readonly complete?: Iterable<string>;
  /**
   * Adds `_Static_assert`s: true for the sizes of all complete types and the offsets of the members that
   * are among the identifiers, "all" for the offsets of all members.
   */
  readonly assertions?: boolean | "all";
}

/** The types that a program reaches. Sets are in the order in which types were reached, the direct first. */
export interface Reach {
  /** Structs and unions that need a body, anonymous ones too. */
  readonly complete: ReadonlySet<number>;
  /** Structs, unions and forward declarations that are used behind a pointer. */
  readonly declared: ReadonlySet<number>;
  readonly typedefs: ReadonlySet<number>;
  /** Enums with a name that are used as a type. */
  readonly enums: ReadonlySet<number>;
  /** Enums whose enumerators the program uses, anonymous ones too. */
  readonly wholeEnums: ReadonlySet<number>;
}

/** Finds what a program reaches; see `emitDeclarations` for the rule. */
export function findReach(btf: Btf, request: DeclarationRequest): Reach {
  const names = new Set([...request.identifiers, ...(request.complete ?? [])]);
  const walk = new ReachWalk(btf, request, lookUp(btf, names));
  return walk.run();
}

class ReachWalk {
  readonly complete = new Set<number>();
  readonly declared = new Set<number>();
  readonly typedefs = new Set<number>();
  readonly enums = new Set<number>();
  readonly wholeEnums = new Set<number>();
  readonly #btf: Btf;
  readonly #request: DeclarationRequest;
  readonly #names: NameLookup;
  /** Types to look into: iteration instead of recursion, because a closure can be thousands of types deep. */
  readonly #pending: { id: number; byValue: boolean }[] = [];
  /** What has been pending: twice the id, plus one by value. */
  readonly #seen = new Set<number>();

  constructor(btf: Btf, request: DeclarationRequest, names: NameLookup) {
    this.#btf = btf;
    this.#request = request;
    this.#names = names;
  }

  run(): Reach {
    const ambiguous: number[][] = [];
    for (const [name, ids] of this.#names.types) {
      for (const group of this.#wanted(name, ids)) {
        if (group.length === 1) this.#want(group[0] as number);
        else ambiguous.push(group);
      }
    }
    this.#drain();
    // Of types with the same name the one that is reached in another way is meant, else the first.
    for (const group of ambiguous) {
      const reached = group.find((id) => this.#isReached(id));
      this.#want(reached ?? (group[0] as number));
    }
    this.#drain();
    this.#bringEnumerators();
    return this;
  }

  /** The types of a name that the program does not define itself, grouped by C's spaces of names. */
  #wanted(name: string, ids: readonly number[]): number[][] {
    const { defined } = this.#request;
    const kinds = ids.map((id) => ({ id, kind: this.#btf.type(id).kind }));
    const tags = kinds.filter(({ kind }) => kind === "struct" || kind === "union" || kind === "enum");
    const forwards = kinds.filter(({ kind }) => kind === "fwd");
    const typedefs = kinds.filter(({ kind }) => kind === "typedef");
    const groups: number[][] = [];
    if (!defined.tags.has(name)) groups.push((tags.length > 0 ? tags : forwards).map(({ id }) => id));
    if (!defined.ordinary.has(name) && !defined.macros.has(name)) groups.push(typedefs.map(({ id }) => id));
    return groups.filter((group) => group.length > 0);
  }

  #isReached(id: number): boolean {
    return this.complete.has(id) || this.declared.has(id) || this.typedefs.has(id) || this.enums.has(id);
  }

  #want(id: number): void {
    this.#push(id, true);
    const type = this.#btf.type(id);
    if (type.kind === "typedef") this.#completePointee(id);
  }

  #push(id: number, byValue: boolean): void {
    const key = 2 * id + (byValue ? 1 : 0);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#pending.push({ id, byValue });
  }

  #drain(): void {
    for (let i = 0; i < this.#pending.length; i++) {
      const { id, byValue } = this.#pending[i] as { id: number; byValue: boolean };
      this.#visit(id, byValue);
    }
    this.#pending.length = 0;
  }

  #visit(id: number, byValue: boolean): void {
    const type = this.#btf.type(id);
    switch (type.kind) {
      case "ptr":
        this.#push(type.to, false);
        break;
      case "array":
        // C wants the elements of an array complete even behind a pointer.
        this.#push(type.of, true);
        break;
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        this.#push(type.to, byValue);
        break;
      case "typedef":
        this.typedefs.add(id);
        // An anonymous struct behind a typedef can stay incomplete under an invented tag.
        if (byValue || !this.#isAnonymous(type.to)) this.#push(type.to, byValue);
        break;
      case "func_proto":
        this.#push(type.returns, false);
        for (const parameter of type.parameters) this.#push(parameter.type, false);
        break;
      case "fwd":
        this.declared.add(id);
        break;
      case "enum":
        if (type.name !== "") this.enums.add(id);
        break;
      case "struct":
      case "union":
        this.#visitComposite(id, type, byValue);
        break;
      default:
    }
  }

  #isAnonymous(id: number): boolean {
    const type = this.#btf.type(id);
    return (type.kind === "struct" || type.kind === "union") && type.name === "";
  }

  #visitComposite(id: number, type: CompositeType, byValue: boolean): void {
    if (!byValue && type.name !== "") {
      this.declared.add(id);
      return;
    }
    if (this.complete.has(id)) return;
    this.complete.add(id);
    for (const member of type.members) {
      this.#push(member.type, true);
      if (member.name !== "" && this.#request.identifiers.has(member.name))
        this.#completePointee(member.type);
    }
  }

  /** The program may follow a pointer that it names: what it points at becomes complete. */
  #completePointee(id: number): void {
    let at = id;
    let isPointer = false;
    for (let steps = 0; steps < 1000; steps++) {
      const type = this.#btf.type(at);
      if (type.kind === "ptr") {
        isPointer = true;
        at = type.to;
      } else if (type.kind === "array") at = type.of;
      else if (type.kind === "typedef") at = type.to;
      else if (type.kind === "const" || type.kind === "volatile") at = type.to;
      else if (type.kind === "restrict" || type.kind === "type_tag") at = type.to;
      else {
        if (!isPointer) return;
        if (type.kind === "struct" || type.kind === "union") this.#completeTag(at, type.name);
        if (type.kind === "fwd") this.#completeForward(at, type.name);
        return;
      }
    }
    throw damaged(`type ${id} leads to itself`);
  }

  #completeTag(id: number, name: string): void {
    // The program's own struct of that name is what the pointer leads to.
    if (name === "" || !this.#request.defined.tags.has(name)) this.#push(id, true);
  }

  #completeForward(id: number, name: string): void {
    this.declared.add(id);
    const full = this.#btf.find(["struct", "union"], name);
    if (full !== undefined) this.#completeTag(full, name);
  }

  #bringEnumerators(): void {
    const { defined } = this.#request;
    for (const [name, candidates] of this.#names.enumerators) {
      if (!this.#request.identifiers.has(name)) continue;
      if (defined.ordinary.has(name) || defined.macros.has(name)) continue;
      const reached = candidates.find(({ enumId }) => this.#isReached(enumId));
      const { enumId } = reached ?? (candidates[0] as NamedEnumerator);
      this.wholeEnums.add(enumId);
      if ((this.#btf.type(enumId) as EnumType).name !== "") this.enums.add(enumId);
    }
  }
}
