import type { Btf } from "../../btf/btf.ts";
import type { BtfKind } from "../../btf/btf-type.ts";
import type { ModuleFacts } from "../../facts/module-facts.ts";

/** How the kernel itself is called among its modules. */
const KERNEL = "vmlinux";

/** Whose types a script can name: its own, the kernel's, those of modules and of programs that are traced. */
export class CTypeSources {
  readonly #own: Btf[];
  readonly #kernel: () => Btf;
  readonly #modules: ModuleFacts | undefined;
  /** Those of modules that the script names, or has types of. */
  readonly #ofModules: Btf[] = [];
  readonly #user: (() => Btf | undefined)[] = [];
  readonly #named = new Map<string, Btf>();
  /** Names that no source has: to find that out takes a walk through all names, and tracepoints ask for "int" often. */
  readonly missing = new Set<string>();

  constructor(kernel: () => Btf, own: Btf | undefined, modules: ModuleFacts | undefined) {
    this.#kernel = kernel;
    this.#own = own === undefined ? [] : [own];
    this.#modules = modules;
  }

  get kernel(): Btf {
    return this.#kernel();
  }

  /** Those that come first win. */
  *all(): Iterable<Btf> {
    yield* this.#own;
    yield this.kernel;
    yield* this.#ofModules;
    for (const read of this.#user) {
      const btf = read();
      if (btf !== undefined) yield btf;
    }
  }

  /** Types that the script brings along. */
  addOwn(btf: Btf): void {
    this.missing.clear();
    this.#own.push(btf);
  }

  /** Types of a program that is traced, read when nobody else has what is looked for. */
  addUser(read: () => Btf | undefined): void {
    let known: { btf: Btf | undefined } | undefined;
    this.missing.clear();
    this.#user.push(() => {
      known ??= { btf: read() };
      return known.btf;
    });
  }

  /** The types of a module, or of the kernel, that the script names from now on. */
  named(name: string): Btf | undefined {
    if (name === KERNEL) return this.kernel;
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const found = this.#modules?.named(name)?.btf;
    if (found === undefined) return undefined;
    this.#named.set(name, found);
    this.#ofModules.push(found);
    this.missing.clear();
    return found;
  }

  /** True when a module has something of that name, and is among the sources from now on. */
  addModuleWith(kind: BtfKind, name: string): boolean {
    const module = this.#modules?.having([kind], name);
    if (module !== undefined) this.#ofModules.push(module.btf);
    return module !== undefined;
  }

  /** Where a function or tracepoint of the kernel is described: in a module that is named, else in the first one that has it. */
  describing(kind: BtfKind, name: string, module: string | undefined): { btf: Btf; id: number } | undefined {
    if (module === undefined || module === KERNEL) {
      const id = this.kernel.find(kind, name);
      if (id !== undefined) return { btf: this.kernel, id };
      if (module === KERNEL) return undefined;
    }
    const btf = module === undefined ? this.#modules?.having([kind], name)?.btf : this.named(module);
    const id = btf?.find(kind, name);
    return btf === undefined || id === undefined || id < btf.firstId ? undefined : { btf, id };
  }
}
