import type { Btf } from "./btf/btf.ts";
import { symbolOffsets } from "./btf/elf-symbols.ts";
import type { LoadedMap } from "./load/loaded-object.ts";
import { GlobalData } from "./maps/global-data.ts";

const SECTIONS = [".bss", ".data", ".rodata"] as const;
type Section = (typeof SECTIONS)[number];

/** Names that are ours, or that no text can spell: those of variables within functions. */
const HIDDEN = /^bcc_ts_|\W/;

/** The global variables of an object that is in the kernel. A section is mapped when it is first asked for. */
export class GlobalVariables {
  readonly #object: Uint8Array;
  readonly #types: Btf;
  readonly #maps: readonly LoadedMap[];
  readonly #sections = new Map<Section, GlobalData | undefined>();
  #closed = false;

  constructor(object: Uint8Array, types: Btf, maps: Iterable<LoadedMap>) {
    this.#object = object;
    this.#types = types;
    this.#maps = [...maps].filter((map) => map.internal);
  }

  /** Undefined where the object has no such section. */
  section(section: Section): GlobalData | undefined {
    if (this.#sections.has(section) || this.#closed) return this.#sections.get(section);
    const map = this.#maps.find(({ name }) => name.endsWith(section));
    const data = map && new GlobalData(map, section, symbolOffsets(this.#object, section), this.#types);
    this.#sections.set(section, data);
    return data;
  }

  /** An object with a property for each variable, whose value is that in the kernel. */
  properties(): Readonly<Record<string, unknown>> {
    const properties: Record<string, unknown> = {};
    for (const data of SECTIONS.map((section) => this.section(section))) {
      for (const name of data?.names ?? []) {
        if (data === undefined || HIDDEN.test(name)) continue;
        const get = () => data.read(name);
        const set = (value: unknown) => data.write(name, value);
        Object.defineProperty(properties, name, { enumerable: true, get, set });
      }
    }
    return Object.freeze(properties);
  }

  close(): void {
    this.#closed = true;
    for (const data of this.#sections.values()) data?.close();
  }
}
