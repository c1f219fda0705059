import type { Btf } from "../../btf/btf.ts";
import type { Architecture } from "../../facts/kernel-facts.ts";
import type { ModuleFacts } from "../../facts/module-facts.ts";
import type { IntegerType, Type } from "../../program/types.ts";
import { CTypeReader } from "./c-type-reader.ts";
import { CTypeSources } from "./c-type-sources.ts";
import { type ArgumentPlace, placeArguments } from "./place-arguments.ts";

type TagKind = "struct" | "union" | "enum";

const TAGGED = /^(struct|union|enum) (\w+)$/;

/**
 * The C types that a script can name: those it defines itself, which win, and the kernel's. A struct's members are
 * read when they are asked for.
 */
export class CTypes {
  readonly #sources: CTypeSources;
  readonly #reader: CTypeReader;

  /** The kernel's types are read when something is looked for that the script does not define: it takes a while. */
  constructor(kernel: () => Btf, own?: Btf, modules?: ModuleFacts) {
    this.#sources = new CTypeSources(kernel, own, modules);
    this.#reader = new CTypeReader(() => this.#sources.all());
  }

  /** Types that the script brings along. */
  addOwn(btf: Btf): void {
    this.#sources.addOwn(btf);
  }

  /** The type with an id; its pointers lead to the kernel's memory. */
  typeOf(btf: Btf, id: number): Type {
    return this.#reader.typeOf(btf, id);
  }

  /** Types of a program that is traced, read when nobody else has what is looked for. */
  addUser(read: () => Btf | undefined): void {
    this.#sources.addUser(read);
  }

  /** Types of a module that the script names; false when it is not loaded or has none. */
  addModule(name: string): boolean {
    return this.#sources.named(name) !== undefined;
  }

  /** The names of raw tracepoints, of the kernel or of a module. */
  *rawTracepoints(module = "vmlinux"): Iterable<string> {
    for (const name of this.#sources.named(module)?.ownNames("typedef") ?? []) {
      const event = /^btf_trace_(\w+)$/.exec(name)?.[1];
      if (event !== undefined) yield event;
    }
  }

  /** The names of structs, for near misses. */
  *names(): Iterable<string> {
    for (const btf of this.#sources.all()) yield* btf.names("struct");
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
      type: this.#reader.typeOf(btf, type, "user"),
      place: places[i] as ArgumentPlace,
    }));
  }

  /** "struct file", "union x", "enum y" or the name of a typedef. */
  find(name: string): Type | undefined {
    if (this.#sources.missing.has(name)) return undefined;
    for (const btf of this.#sources.all()) {
      const id = idOf(btf, name);
      if (id !== undefined) return this.#reader.typeOf(btf, id);
    }
    const [, kind, tag = ""] = TAGGED.exec(name) ?? [];
    if (kind !== undefined && this.#sources.addModuleWith(kind as TagKind, tag)) return this.find(name);
    this.#sources.missing.add(name);
    return undefined;
  }

  /** An enumerator's value and its enum. */
  enumerator(name: string): { value: bigint; type: IntegerType } | undefined {
    for (const btf of this.#sources.all()) {
      const found = btf.enumerator(name);
      if (found === undefined) continue;
      const type = this.#reader.typeOf(btf, found.enumId);
      if (type.kind === "integer") return { value: found.value, type };
    }
    return undefined;
  }

  /** The parameters and the result of a kernel function; undefined when BTF has none of that name. */
  kernelFunction(
    name: string,
    module?: string,
  ): { parameters: readonly { name: string; type: Type }[]; returns: Type } | undefined {
    const found = this.#sources.describing("func", name, module);
    const func = found?.btf.type(found.id);
    return found === undefined || func?.kind !== "func" ? undefined : this.#prototype(found.btf, func.to);
  }

  /** What a raw tracepoint gives: the prototype of its probe function, without the first parameter. */
  rawTracepoint(
    event: string,
    module?: string,
  ): { parameters: readonly { name: string; type: Type }[] } | undefined {
    const found = this.#sources.describing("typedef", `btf_trace_${event}`, module);
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
    const { kernel } = this.#sources;
    const id = kernel.find("var", name);
    const variable = id === undefined ? undefined : kernel.type(id);
    return variable?.kind === "var" ? this.#reader.typeOf(kernel, variable.to) : undefined;
  }

  #prototype(btf: Btf, id: number) {
    const type = btf.type(btf.resolve(id));
    if (type.kind !== "func_proto") return undefined;
    const parameters = type.parameters
      .filter((parameter) => parameter.type !== 0)
      .map((parameter) => ({ name: parameter.name, type: this.#reader.typeOf(btf, parameter.type) }));
    return { parameters, returns: this.#reader.typeOf(btf, type.returns) };
  }
}

function idOf(btf: Btf, name: string): number | undefined {
  const match = TAGGED.exec(name);
  if (match !== null) return btf.find(match[1] as TagKind, match[2] ?? "");
  return btf.find("typedef", name);
}
