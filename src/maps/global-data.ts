import { BpfError } from "../errors.ts";
import { pageSize } from "../ffi/libc.ts";
import { MappedMemory } from "../ffi/mapped-memory.ts";
import type { MapHandle } from "./map-handle.ts";

/**
 * The global variables of a program's section (".bss", ".data"), mapped: reading one costs no system call.
 * Since Linux 5.5.
 */
export class GlobalData {
  readonly #memory: MappedMemory;
  readonly #offsets: ReadonlyMap<string, number>;

  /** `offsets`: where each variable begins in the section, in bytes. */
  constructor(map: MapHandle, offsets: ReadonlyMap<string, number>) {
    const page = pageSize();
    this.#memory = MappedMemory.map(map.fd, Math.ceil(map.valueSize / page) * page);
    this.#offsets = offsets;
  }

  /** A variable of type u64. */
  readU64(name: string): bigint {
    const offset = this.#offsets.get(name);
    if (offset === undefined) throw new BpfError("GLOBAL", `the program has no global variable ${name}`);
    return this.#memory.view().getBigUint64(offset, true);
  }

  has(name: string): boolean {
    return this.#offsets.has(name);
  }

  close(): void {
    this.#memory.close();
  }
}
