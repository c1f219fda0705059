import type { Btf } from "../../btf/btf.ts";
import type { EnumType, IntType } from "../../btf/btf-type.ts";
import type { AddressSpace, Enumeration, IntegerType, StructMember, Type } from "../../program/types.ts";

const NONE: Type = { kind: "none" };

/**
 * The C types that a script can name: those it defines itself, which win, and the kernel's. A struct's members are
 * read when they are asked for.
 */
export class CTypes {
  readonly #own: Btf | undefined;
  readonly #kernelBtf: () => Btf;
  readonly #user: (() => Btf | undefined)[] = [];
  /** Names that no source has: to find that out takes a walk through all names, and tracepoints ask for "int" often. */
  readonly #missing = new Set<string>();
  readonly #known = new Map<Btf, Map<string, Type>>();
  readonly #enumerations = new Map<Btf, Map<number, Enumeration>>();

  /** The kernel's types are read when something is looked for that the script does not define: it takes a while. */
  constructor(kernel: () => Btf, own?: Btf) {
    this.#kernelBtf = kernel;
    this.#own = own;
  }

  get #kernel(): Btf {
    return this.#kernelBtf();
  }

  *#sources(): Iterable<Btf> {
    if (this.#own !== undefined) yield this.#own;
    yield this.#kernel;
    for (const read of this.#user) {
      const btf = read();
      if (btf !== undefined) yield btf;
    }
  }

  /** Types of a program that is traced, read when nobody else has what is looked for. */
  addUser(read: () => Btf | undefined): void {
    let known: { btf: Btf | undefined } | undefined;
    this.#missing.clear();
    this.#user.push(() => {
      known ??= { btf: read() };
      return known.btf;
    });
  }

  /** The parameters of a function of a program that is traced. */
  userFunction(btf: Btf, name: string): readonly { name: string; type: Type }[] | undefined {
    const id = btf.find("func", name);
    const func = id === undefined ? undefined : btf.type(id);
    const prototype = func?.kind === "func" ? btf.type(func.to) : undefined;
    if (prototype?.kind !== "func_proto") return undefined;
    return prototype.parameters.map(({ name: own, type }) => ({
      name: own,
      type: this.typeOf(btf, type, "user"),
    }));
  }

  /** "struct file", "union x", "enum y" or the name of a typedef. */
  find(name: string): Type | undefined {
    if (this.#missing.has(name)) return undefined;
    for (const btf of this.#sources()) {
      const id = idOf(btf, name);
      if (id !== undefined) return this.typeOf(btf, id);
    }
    this.#missing.add(name);
    return undefined;
  }

  /** The names of structs, for near misses. */
  *names(): Iterable<string> {
    for (const btf of this.#sources()) yield* btf.names("struct");
  }

  /** An enumerator's value and its enum. */
  enumerator(name: string): { value: bigint; type: IntegerType } | undefined {
    for (const btf of this.#sources()) {
      const found = btf.enumerator(name);
      if (found === undefined) continue;
      const type = this.typeOf(btf, found.enumId);
      if (type.kind === "integer") return { value: found.value, type };
    }
    return undefined;
  }

  /** The parameters and the result of a kernel function; undefined when BTF has none of that name. */
  kernelFunction(
    name: string,
  ): { parameters: readonly { name: string; type: Type }[]; returns: Type } | undefined {
    const id = this.#kernel.find("func", name);
    const func = id === undefined ? undefined : this.#kernel.type(id);
    return func?.kind === "func" ? this.#prototype(func.to) : undefined;
  }

  /** What a raw tracepoint gives: the prototype of its probe function, without the first parameter. */
  rawTracepoint(event: string): { parameters: readonly { name: string; type: Type }[] } | undefined {
    const id = this.#kernel.find("typedef", `btf_trace_${event}`);
    const typedef = id === undefined ? undefined : this.#kernel.type(id);
    if (typedef?.kind !== "typedef") return undefined;
    const pointer = this.#kernel.type(this.#kernel.resolve(typedef.to));
    const prototype = pointer.kind === "ptr" ? this.#prototype(pointer.to) : undefined;
    return prototype === undefined ? undefined : { parameters: prototype.parameters.slice(1) };
  }

  /** The type of a variable of the kernel. */
  kernelVariable(name: string): Type | undefined {
    const id = this.#kernel.find("var", name);
    const variable = id === undefined ? undefined : this.#kernel.type(id);
    return variable?.kind === "var" ? this.typeOf(this.#kernel, variable.to) : undefined;
  }

  #prototype(id: number) {
    const type = this.#kernel.type(this.#kernel.resolve(id));
    if (type.kind !== "func_proto") return undefined;
    const parameters = type.parameters
      .filter((parameter) => parameter.type !== 0)
      .map((parameter) => ({ name: parameter.name, type: this.typeOf(this.#kernel, parameter.type) }));
    return { parameters, returns: this.typeOf(this.#kernel, type.returns) };
  }

  /** The type with an id. `space`: whose memory its pointers lead to. */
  typeOf(btf: Btf, id: number, space: AddressSpace = "kernel"): Type {
    let known = this.#known.get(btf);
    if (known === undefined) {
      known = new Map();
      this.#known.set(btf, known);
    }
    const key = `${id} ${space}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const type = this.#read(btf, id, space);
    known.set(key, type);
    return type;
  }

  #read(btf: Btf, id: number, space: AddressSpace): Type {
    const resolved = btf.resolve(id);
    const type = btf.type(resolved);
    switch (type.kind) {
      case "int":
        return integerOf(type);
      case "enum":
        return this.#enumOf(btf, resolved, type);
      case "ptr":
        return this.#pointerOf(btf, type.to, space);
      case "array":
        return this.#arrayOf(btf, type.of, type.count, space);
      case "struct":
      case "union": {
        const name = `${type.kind} ${type.name}`;
        let members: readonly StructMember[] | undefined;
        return {
          kind: "struct",
          name,
          size: type.size,
          members: () => {
            members ??= type.members.map((member) => ({
              name: member.name,
              type: this.typeOf(btf, member.type, space),
              bitOffset: member.bitOffset,
              bitSize: member.bitSize,
            }));
            return members;
          },
        };
      }
      case "fwd":
        return this.#forward(`${type.of} ${type.name}`);
      default:
        return NONE;
    }
  }

  /** Pointers are followed when they are looked into: types lead back to themselves. */
  #pointerOf(btf: Btf, to: number, space: AddressSpace): Type {
    const where = userTagged(btf, to) ? "user" : space;
    let pointee: Type | undefined;
    const read = () => {
      pointee ??= this.typeOf(btf, to, where);
      return pointee;
    };
    return {
      kind: "pointer",
      space: where,
      get to() {
        return read();
      },
    };
  }

  /** Arrays of char are text. */
  #arrayOf(btf: Btf, of: number, count: number, space: AddressSpace): Type {
    const element = btf.type(btf.resolve(of));
    const isChar =
      element.kind === "int" &&
      element.size === 1 &&
      /char$/.test(element.name) &&
      !/unsigned/.test(element.name);
    if (isChar && count > 0) return { kind: "string", size: count };
    return { kind: "array", of: this.typeOf(btf, of, space), count };
  }

  /** Declared in one place and defined in another. */
  #forward(name: string): Type {
    const [kind, tag = ""] = name.split(" ");
    for (const btf of this.#sources()) {
      const id = btf.find(kind === "union" ? "union" : "struct", tag);
      if (id !== undefined) return this.typeOf(btf, id);
    }
    return { kind: "struct", name, size: 0, members: () => [] };
  }

  #enumOf(btf: Btf, id: number, type: EnumType): IntegerType {
    let known = this.#enumerations.get(btf);
    if (known === undefined) {
      known = new Map();
      this.#enumerations.set(btf, known);
    }
    let enumeration = known.get(id);
    if (enumeration === undefined) {
      const names = new Map<bigint, string>();
      for (const { name, value } of type.values) if (!names.has(value)) names.set(value, name);
      enumeration = { name: type.name, names };
      known.set(id, enumeration);
    }
    return { kind: "integer", bytes: type.size as 1 | 2 | 4 | 8, signed: type.signed, enumeration };
  }
}

function integerOf(type: IntType): Type {
  if (type.encoding === "bool") return { kind: "boolean" };
  const bytes = type.size > 8 ? 8 : type.size;
  return { kind: "integer", bytes: bytes as 1 | 2 | 4 | 8, signed: type.encoding !== "unsigned" };
}

function userTagged(btf: Btf, id: number): boolean {
  for (let at = id, steps = 0; steps < 20; steps++) {
    const type = btf.type(at);
    if (type.kind === "type_tag" && type.name === "user") return true;
    if (type.kind !== "type_tag" && type.kind !== "const" && type.kind !== "volatile") return false;
    at = type.to;
  }
  return false;
}

function idOf(btf: Btf, name: string): number | undefined {
  const match = /^(struct|union|enum) (\w+)$/.exec(name);
  if (match !== null) return btf.find(match[1] as "struct" | "union" | "enum", match[2] ?? "");
  return btf.find("typedef", name);
}
