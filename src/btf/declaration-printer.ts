import type { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";
import type { CompositeType, EnumType } from "./btf-type.ts";
import { enumInteger, floatName, integerName } from "./c-integers.ts";
import type { Declarations } from "./declarations.ts";
import { Declarator, type LeafType } from "./declarator.ts";
import type { DeclaredNames } from "./declared-names.ts";
import { enumBody } from "./enum-body.ts";
import { LayoutPlanner, type PlannedItem } from "./layout-plan.ts";
import { offsetAssertions } from "./offset-assertions.ts";
import type { DeclarationRequest, Reach } from "./reach.ts";

const MOST_DEPTH = 200;
/** Anonymous structs are written wherever they are used; damaged BTF can use them without end. */
const MOST_BODIES = 200_000;

/** Names that compilers define as macros in GNU mode on some target, and that kernel members have. */
const PREDEFINED = /\b(linux|unix|i386|bpf)\b/g;

/** Prints the reached types in an order in which C accepts them. */
export class DeclarationPrinter {
  readonly #btf: Btf;
  readonly #request: DeclarationRequest;
  readonly #reach: Reach;
  readonly #names: DeclaredNames;
  readonly #planner: LayoutPlanner;
  readonly #declarator: Declarator;
  readonly #lines: string[] = [];
  readonly #enumerators: string[] = [];
  readonly #state = new Map<number, "printing" | "printed">();
  /** Pointers, arrays and functions that have been prepared: twice the id, plus one by value. */
  readonly #prepared = new Set<number>();
  #depth = 0;
  #bodies = 0;
  /** Numbered over all structs: the members of an anonymous one are also those of what is around it. */
  #holes = 0;
  /** Of the line at which an anonymous struct begins. */
  #indent = "";

  constructor(btf: Btf, request: DeclarationRequest, reach: Reach, names: DeclaredNames) {
    this.#btf = btf;
    this.#request = request;
    this.#reach = reach;
    this.#names = names;
    this.#planner = new LayoutPlanner(btf);
    this.#declarator = new Declarator(btf, (id, type, pointedAt) => this.#leaf(id, type, pointedAt));
  }

  print(): Declarations {
    this.#printForwards();
    this.#printEnums();
    // In an order that does not depend on how a type was reached: a part of the types gives the same text.
    for (const id of inOrder(this.#reach.typedefs)) this.#printTypedef(id);
    for (const id of inOrder(this.#reach.complete)) this.#printComposite(id);
    const body = `${this.#lines.join("\n")}\n`;
    const macros = [...new Set(body.match(PREDEFINED))].map((name) => `#undef ${name}\n`).join("");
    return {
      text: macros + body,
      completeTypes: [...this.#reach.complete],
      declaredTypes: allReached(this.#reach),
      enumerators: this.#enumerators,
    };
  }

  #printForwards(): void {
    const lines = new Set<string>();
    for (const id of this.#reach.declared) {
      const type = this.#btf.type(id);
      const keyword = type.kind === "fwd" ? type.of : type.kind;
      lines.add(`${keyword} ${this.#names.tag(id, true)};`);
    }
    this.#lines.push(...lines);
  }

  #printEnums(): void {
    for (const id of inOrder(new Set([...this.#reach.wholeEnums, ...this.#reach.enums]))) {
      const type = this.#btf.type(id) as EnumType;
      const isTagless = this.#names.isTagless(type);
      const head = isTagless ? "enum" : `enum ${this.#names.tag(id, false)}`;
      const values = this.#reach.wholeEnums.has(id) ? this.#names.takeEnumerators(type) : [];
      if (values.length === 0) {
        if (!isTagless) this.#lines.push(`${head} : ${enumInteger(type)};`);
        continue;
      }
      this.#enumerators.push(...values.map(({ name }) => name));
      this.#lines.push(`${head}${enumBody(type, values)};`);
    }
  }

  /** Makes sure that all that a type needs stands before it. */
  #prepare(id: number, byValue: boolean): void {
    const type = this.#btf.type(id);
    const key = 2 * id + (byValue ? 1 : 0);
    if (this.#prepared.has(key) && type.kind !== "struct" && type.kind !== "union") return;
    this.#prepared.add(key);
    if (++this.#depth > MOST_DEPTH) throw damaged(`type ${id} contains itself, or too much`);
    switch (type.kind) {
      case "ptr":
        this.#prepare(type.to, false);
        break;
      case "array":
        this.#prepare(type.of, true);
        break;
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        this.#prepare(type.to, byValue);
        break;
      case "func_proto":
        this.#prepare(type.returns, false);
        for (const parameter of type.parameters) this.#prepare(parameter.type, false);
        break;
      case "typedef":
        this.#printTypedef(id);
        if (byValue) this.#prepare(type.to, true);
        break;
      case "struct":
      case "union":
        if (type.name === "") this.#prepareMembers(id, type);
        else if (byValue) this.#printComposite(id);
        break;
      default:
    }
    this.#depth--;
  }

  /** Runs once for each struct, however often an anonymous one is contained. */
  #prepareMembers(id: number, type: CompositeType): void {
    if (this.#begin(id)) {
      for (const member of type.members) this.#prepare(member.type, true);
      this.#state.set(id, "printed");
    }
  }

  /** False when it has been done. */
  #begin(id: number): boolean {
    const state = this.#state.get(id);
    if (state === "printing") throw damaged(`type ${id} contains itself`);
    if (state === "printed") return false;
    this.#state.set(id, "printing");
    return true;
  }

  #printTypedef(id: number): void {
    const type = this.#btf.type(id);
    if (type.kind !== "typedef" || !this.#begin(id)) return;
    const target = this.#btf.type(type.to);
    const isAnonymous = (target.kind === "struct" || target.kind === "union") && target.name === "";
    const name = this.#names.typedef(id);
    if (isAnonymous && !this.#reach.complete.has(type.to)) {
      this.#lines.push(`typedef ${target.kind} ${name}___opaque ${name};`);
    } else {
      this.#prepare(type.to, false);
      this.#lines.push(`typedef ${this.#declarator.declare(type.to, name)};`);
      if (isAnonymous) this.#assert(name, type.to, target);
    }
    this.#state.set(id, "printed");
  }

  #printComposite(id: number): void {
    const type = this.#btf.type(id);
    if ((type.kind !== "struct" && type.kind !== "union") || type.name === "" || !this.#begin(id)) return;
    for (const member of type.members) this.#prepare(member.type, true);
    const head = `${type.kind} ${this.#names.tag(id, false)}`;
    this.#lines.push(`${head} ${this.#body(id, "")};`);
    this.#assert(head, id, type);
    this.#state.set(id, "printed");
  }

  #assert(spelling: string, id: number, type: CompositeType): void {
    const { assertions, identifiers } = this.#request;
    if (!assertions) return;
    this.#lines.push(`_Static_assert(sizeof(${spelling}) == ${type.size}, "size of ${spelling}");`);
    const isWanted = assertions === "all" ? () => true : (name: string) => identifiers.has(name);
    this.#lines.push(...offsetAssertions(this.#btf, spelling, id, isWanted));
  }

  #body(id: number, indent: string, loose = false): string {
    if (++this.#depth > MOST_DEPTH || ++this.#bodies > MOST_BODIES) throw damaged(`type ${id} has no end`);
    const plan = this.#planner.plan(id, loose);
    const inner = `${indent}\t`;
    const lines = plan.items.map((item) => `${inner}${this.#item(item, inner)};\n`).join("");
    this.#depth--;
    if (!plan.packed) return `{\n${lines}${indent}}`;
    const aligned = plan.alignment > 1 ? `, aligned(${plan.alignment})` : "";
    return `{\n${lines}${indent}} __attribute__((packed${aligned}))`;
  }

  #item(item: PlannedItem, indent: string): string {
    if (item.kind === "pad") return `${unitName(item.unit)} : ${item.bits}`;
    if (item.kind === "hole") return `unsigned char __hole_${++this.#holes}[${item.bytes}]`;
    const { member, packed } = item;
    const target = this.#btf.type(member.type);
    if (member.name === "" && (target.kind === "struct" || target.kind === "union")) {
      // An attribute after it would be the type's, so the type itself is written without alignment.
      return `${target.kind} ${this.#body(member.type, indent, packed)}`;
    }
    const outer = this.#indent;
    this.#indent = indent;
    const declaration = this.#declarator.declare(member.type, member.name);
    this.#indent = outer;
    const bits = member.bitSize > 0 ? ` : ${member.bitSize}` : "";
    return `${declaration}${bits}${packed ? " __attribute__((packed))" : ""}`;
  }

  #leaf(id: number, type: LeafType, pointedAt: boolean): string {
    switch (type.kind) {
      case "void":
        return "void";
      case "int":
        return integerName(type);
      case "float":
        return floatName(type) ?? `struct { unsigned char bytes[${type.size}]; }`;
      case "typedef":
        return this.#names.typedef(id);
      case "fwd":
        return `${type.of} ${this.#names.tag(id, true)}`;
      case "enum":
        return this.#names.isTagless(type) ? enumInteger(type) : `enum ${this.#names.tag(id, false)}`;
      default:
        if (type.name === "") return `${type.kind} ${this.#body(id, this.#indent)}`;
        return `${type.kind} ${this.#names.tag(id, pointedAt)}`;
    }
  }
}

function unitName(bits: number): string {
  return { 8: "unsigned char", 16: "unsigned short", 32: "unsigned int" }[bits] ?? "unsigned long";
}

function allReached({ complete, typedefs, enums, wholeEnums }: Reach): number[] {
  return [...new Set([...complete, ...typedefs, ...enums, ...wholeEnums])];
}

function inOrder(ids: ReadonlySet<number>): number[] {
  return [...ids].sort((a, b) => a - b);
}
