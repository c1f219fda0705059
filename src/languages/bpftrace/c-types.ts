import type { Btf } from "../../btf/btf.ts";
import type { BtfKind, EnumType, IntType } from "../../btf/btf-type.ts";
import type { Architecture } from "../../facts/kernel-facts.ts";
import type { ModuleFacts } from "../../facts/module-facts.ts";
import type { AddressSpace, Enumeration, IntegerType, StructMember, Type } from "../../program/types.ts";
import { type ArgumentPlace, placeArguments } from "./place-arguments.ts";

type TagKind = "struct" | "union" | "enum";

const NONE: Type = { kind: "none" };
const TAGGED = /^(struct|union|enum) (\w+)$/;
/** How the kernel itself is called among its modules. */
const KERNEL = "vmlinux";

/**
 * The C types that a script can name: those it defines itself, which win, and the kernel's. A struct's members are
 * read when they are asked for.
 */
export class CTypes {
  readonly #own: Btf | undefined;
  readonly #brought: Btf[] = [];
  readonly #kernelBtf: () => Btf;
  readonly #modules: ModuleFacts | undefined;
  /** Those of modules that the script names, or has types of. */
  readonly #ofModules: Btf[] = [];
  readonly #user: (() => Btf | undefined)[] = [];
  readonly #named = new Map<string, Btf>();
  /** Names that no source has: to find that out takes a walk through all names, and tracepoints ask for "int" often. */
  readonly #missing = new Set<string>();
  readonly #known = new Map<Btf, Map<string, Type>>();
  readonly #enumerations = new Map<Btf, Map<number, Enumeration>>();

  /** The kernel's types are read when something is looked for that the script does not define: it takes a while. */
  constructor(kernel: () => Btf, own?: Btf, modules?: ModuleFacts) {
    this.#kernelBtf = kernel;
    this.#own = own;
    this.#modules = modules;
  }

  get #kernel(): Btf {
    return this.#kernelBtf();
  }

  *#sources(): Iterable<Btf> {
    if (this.#own !== undefined) yield this.#own;
    yield* this.#brought;
    yield this.#kernel;
    yield* this.#ofModules;
    for (const read of this.#user) {
      const btf = read();
      if (btf !== undefined) yield btf;
    }
  }

  /** Types that the script brings along. */
  addOwn(btf: Btf): void {
    this.#missing.clear();
    this.#brought.push(btf);
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
  userFunction(
    btf: Btf,
    name: string,
    architecture: Architecture,
  ): readonly { name: string; type: Type; place: ArgumentPlace }[] | undefined {
    const id = btf.find("func", name);
    const func = id === undefined ? undefined : btf.type(id);
    const prototype = func?.kind === "func" ? btf.type(func.to) : undefined;
    if (prototype?.kind !== "func_proto") return undefined;
    const parameters = prototype.parameters.filter(({ type }) => type !== 0);
    const ids = parameters.map(({ type }) => type);
    const places = placeArguments(btf, ids, architecture);
    return parameters.map(({ name: own, type }, i) => ({
      name: own,
      type: this.typeOf(btf, type, "user"),
      place: places[i] as ArgumentPlace,
    }));
  }

  /** "struct file", "union x", "enum y" or the name of a typedef. */
  find(name: string): Type | undefined {
    if (this.#missing.has(name)) return undefined;
    for (const btf of this.#sources()) {
      const id = idOf(btf, name);
      if (id !== undefined) return this.typeOf(btf, id);
    }
    const [, kind, tag = ""] = TAGGED.exec(name) ?? [];
    const module = kind === undefined ? undefined : this.#modules?.having([kind as TagKind], tag);
    if (module !== undefined) {
      this.#ofModules.push(module.btf);
      return this.find(name);
    }
    this.#missing.add(name);
    return undefined;
  }

  /** Types of a module that the script names; false when it is not loaded or has none. */
  addModule(name: string): boolean {
    return this.#module(name) !== undefined;
  }

  #module(name: string): Btf | undefined {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const found = this.#modules?.named(name)?.btf;
    if (found === undefined) return undefined;
    this.#named.set(name, found);
    this.#ofModules.push(found);
    this.#missing.clear();
    return found;
  }

  /** Where a function or tracepoint of the kernel is described: in a module that is named, else in the first one that has it. */
  #describing(kind: BtfKind, name: string, module: string | undefined): { btf: Btf; id: number } | undefined {
    if (module === undefined || module === KERNEL) {
      const id = this.#kernel.find(kind, name);
      if (id !== undefined) return { btf: this.#kernel, id };
      if (module === KERNEL) return undefined;
    }
    const btf = module === undefined ? this.#modules?.having([kind], name)?.btf : this.#module(module);
    const id = btf?.find(kind, name);
    return btf === undefined || id === undefined || id < btf.firstId ? undefined : { btf, id };
  }

  /** The names of raw tracepoints, of the kernel or of a module. */
  *rawTracepoints(module: string = KERNEL): Iterable<string> {
    const btf = module === KERNEL ? this.#kernel : this.#module(module);
    for (const name of btf?.ownNames("typedef") ?? []) {
      const event = /^btf_trace_(\w+)$/.exec(name)?.[1];
      if (event !== undefined) yield event;
    }
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
    module?: string,
  ): { parameters: readonly { name: string; type: Type }[]; returns: Type } | undefined {
    const found = this.#describing("func", name, module);
    const func = found?.btf.type(found.id);
    return found === undefined || func?.kind !== "func" ? undefined : this.#prototype(found.btf, func.to);
  }

  /** What a raw tracepoint gives: the prototype of its probe function, without the first parameter. */
  rawTracepoint(
    event: string,
    module?: string,
  ): { parameters: readonly { name: string; type: Type }[] } | undefined {
    const found = this.#describing("typedef", `btf_trace_${event}`, module);
    if (found === undefined) return undefined;
    const { btf, id } = found;
    // The function that calls the programs has names for what the typedef, on newer kernels, has types of alone.
    const caller = btf.find("func", `__traceiter_${event}`);
    const named = caller === undefined ? undefined : btf.type(caller);
    const called = named?.kind === "func" ? this.#prototype(btf, named.to) : undefined;
    if (called !== undefined) return { parameters: called.parameters.slice(1) };
    const typedef = btf.type(id);
    if (typedef.kind !== "typedef") return undefined;
    const pointer = btf.type(btf.resolve(typedef.to));
    const prototype = pointer.kind === "ptr" ? this.#prototype(btf, pointer.to) : undefined;
    return prototype === undefined ? undefined : { parameters: prototype.parameters.slice(1) };
  }

  /** The type of a variable of the kernel. */
  kernelVariable(name: string): Type | undefined {
    const id = this.#kernel.find("var", name);
    const variable = id === undefined ? undefined : this.#kernel.type(id);
    return variable?.kind === "var" ? this.typeOf(this.#kernel, variable.to) : undefined;
  }

  #prototype(btf: Btf, id: number) {
    const type = btf.type(btf.resolve(id));
    if (type.kind !== "func_proto") return undefined;
    const parameters = type.parameters
      .filter((parameter) => parameter.type !== 0)
      .map((parameter) => ({ name: parameter.name, type: this.typeOf(btf, parameter.type) }));
    return { parameters, returns: this.typeOf(btf, type.returns) };
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
  const match = TAGGED.exec(name);
  if (match !== null) return btf.find(match[1] as "struct" | "union" | "enum", match[2] ?? "");
  return btf.find("typedef", name);
}
