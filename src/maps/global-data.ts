import type { Btf } from "../btf/btf.ts";
import { pageSize } from "../ffi/libc.ts";
import { MappedMemory } from "../ffi/mapped-memory.ts";
import { codecFor } from "../values/compile-codec.ts";
import type { MapHandle } from "./map-handle.ts";
import { SharedValue } from "./shared-value.ts";

interface Variable {
  readonly offset: number;
  readonly type: number;
  value?: SharedValue<unknown>;
}

/**
 * The global variables of a program's section (".bss", ".data", ".rodata"), mapped: reading one costs no system
 * call. Since Linux 5.5.
 */
export class GlobalData {
  readonly #memory: MappedMemory;
  readonly #types: Btf;
  readonly #variables = new Map<string, Variable>();
  readonly writable: boolean;

  /** `offsets`: where each variable begins in the section, in bytes; `types`: the object's own. */
  constructor(map: MapHandle, section: string, offsets: ReadonlyMap<string, number>, types: Btf) {
    const page = pageSize();
    this.writable = section !== ".rodata";
    const length = Math.ceil(map.valueSize / page) * page;
    this.#memory = MappedMemory.map(map.fd, length, { writable: this.writable });
    this.#types = types;
    const id = types.find("datasec", section);
    const data = id === undefined ? undefined : types.type(id);
    for (const { type } of data?.kind === "datasec" ? data.variables : []) {
      const variable = types.type(type);
      const offset = variable.kind === "var" ? offsets.get(variable.name) : undefined;
      if (variable.kind !== "var" || offset === undefined) continue;
      this.#variables.set(variable.name, { offset, type: variable.to });
    }
  }

  get names(): readonly string[] {
    return [...this.#variables.keys()];
  }

  has(name: string): boolean {
    return this.#variables.has(name);
  }

  /** The value as it is now; undefined where there is no such variable. */
  read(name: string): unknown {
    const variable = this.#variables.get(name);
    return variable && this.#shared(variable).read(this.#memory.view(), variable.offset);
  }

  /** Throws ValueError when the value does not fit, BpfError "READ_ONLY" for constants. */
  write(name: string, value: unknown): void {
    const variable = this.#variables.get(name);
    if (variable !== undefined) this.#shared(variable).write(this.#memory.view(), variable.offset, value);
  }

  close(): void {
    this.#memory.close();
  }

  /** The codec is made when the variable is used: most never are. */
  #shared(variable: Variable): SharedValue<unknown> {
    variable.value ??= new SharedValue(codecFor(this.#types, variable.type));
    return variable.value;
  }
}
