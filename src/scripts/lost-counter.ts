import { symbolOffsets } from "../btf/elf-symbols.ts";
import { pageSize } from "../ffi/libc.ts";
import { MappedMemory } from "../ffi/mapped-memory.ts";
import type { LoadedObject } from "../load/loaded-object.ts";
import { lostVariable } from "../program/program.ts";

const SECTION = ".bss";

/** How many records of a script found no room: a variable that its programs count up. */
export class LostCounter {
  readonly #memory: MappedMemory | undefined;
  readonly #offset: number;

  constructor(object: Uint8Array, loaded: LoadedObject) {
    const map = [...loaded.maps.values()].find(({ internal, name }) => internal && name.endsWith(SECTION));
    const offset = symbolOffsets(object, SECTION).get(lostVariable("bt_events"));
    this.#offset = offset ?? 0;
    if (map === undefined || offset === undefined) return;
    const page = pageSize();
    this.#memory = MappedMemory.map(map.fd, Math.ceil(map.valueSize / page) * page, { writable: true });
  }

  get count(): number {
    return this.#memory === undefined ? 0 : Number(this.#memory.view().getBigUint64(this.#offset, true));
  }

  close(): void {
    this.#memory?.close();
  }
}
