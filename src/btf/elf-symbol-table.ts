import { BpfError } from "../errors.ts";

/** A function of an executable or library. */
export interface ElfFunction {
  readonly name: string;
  /** Where it begins in memory, before the file is relocated. */
  readonly address: number;
  /** In bytes; 0 where the file does not say. */
  readonly size: number;
  /** True when the dynamic linker calls it to choose the real function (STT_GNU_IFUNC), as for libc's strlen. */
  readonly indirect: boolean;
}

/** The bytes of a symbol table and of its names. */
export interface SymbolBytes {
  readonly symbols: Uint8Array;
  readonly names: Uint8Array;
}

interface Part {
  readonly view: DataView;
  readonly names: Buffer;
}

const ENTRY_BYTES = 24;
const FUNCTION = 2;
const INDIRECT_FUNCTION = 10;
/** Functions may have several names at one address; so many are looked at. */
const MOST_ALIASES = 32;

/** The functions of symbol tables. Names are decoded when they are asked for: large programs have 100,000. */
export class ElfSymbolTable {
  readonly #parts: readonly Part[];
  #sorted: { readonly addresses: Float64Array; readonly entries: Uint32Array } | undefined;

  constructor(parts: readonly SymbolBytes[]) {
    this.#parts = parts.map(({ symbols, names }) => ({
      view: new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength),
      names: Buffer.from(names.buffer, names.byteOffset, names.byteLength),
    }));
  }

  /** The function of a name. An exported one (.dynsym) may stand in .symtab again: then it is the same. */
  find(name: string): ElfFunction | undefined {
    for (const part of this.#parts) {
      const offsets = nameOffsets(part.names, name);
      if (offsets.size === 0) continue;
      for (const at of functionEntries(part.view)) {
        if (offsets.has(part.view.getUint32(at, true))) return readFunction(part, at);
      }
    }
    return undefined;
  }

  /** The address of a variable or function of a name. */
  addressOf(name: string): number | undefined {
    for (const part of this.#parts) {
      const offsets = nameOffsets(part.names, name);
      for (let at = 0; offsets.size > 0 && at + ENTRY_BYTES <= part.view.byteLength; at += ENTRY_BYTES) {
        const defined = part.view.getUint16(at + 6, true) !== 0;
        if (defined && offsets.has(part.view.getUint32(at, true))) return addressAt(part.view, at);
      }
    }
    return undefined;
  }

  /** The names of all functions, each once. */
  names(): Set<string> {
    const names = new Set<string>();
    for (const part of this.#parts) {
      for (const at of functionEntries(part.view)) names.add(nameAt(part, at));
    }
    return names;
  }

  /**
   * The functions whose names match, in the order of addresses; of several names of one function the least
   * decorated.
   */
  matching(pattern: RegExp): ElfFunction[] {
    const found = new Map<number, ElfFunction>();
    for (const part of this.#parts) {
      for (const at of functionEntries(part.view)) {
        const each = readFunction(part, at);
        if (!pattern.test(each.name)) continue;
        const known = found.get(each.address);
        if (known === undefined || decoration(each.name) < decoration(known.name))
          found.set(each.address, each);
      }
    }
    return [...found.values()].sort((a, b) => a.address - b.address);
  }

  /** The function in which an address lies; of several names of one function the least decorated. */
  at(address: number): ElfFunction | undefined {
    this.#sorted ??= this.#sort();
    const { addresses, entries } = this.#sorted;
    let best: ElfFunction | undefined;
    const last = lastAtMost(addresses, address);
    for (let i = last; i >= 0 && i > last - MOST_ALIASES; i--) {
      if (best !== undefined && addresses[i] !== best.address) break;
      const found = this.#entry(entries[i] as number);
      const inside = found.size > 0 ? address < found.address + found.size : addresses[i] === addresses[last];
      if (inside && (best === undefined || decoration(found.name) < decoration(best.name))) best = found;
    }
    return best;
  }

  #sort(): { addresses: Float64Array; entries: Uint32Array } {
    const all: [address: number, entry: number][] = [];
    this.#parts.forEach((part, index) => {
      for (const at of functionEntries(part.view)) {
        all.push([addressAt(part.view, at), (at / ENTRY_BYTES) * this.#parts.length + index]);
      }
    });
    all.sort((a, b) => a[0] - b[0]);
    return {
      addresses: Float64Array.from(all, ([address]) => address),
      entries: Uint32Array.from(all, ([, entry]) => entry),
    };
  }

  #entry(entry: number): ElfFunction {
    const part = this.#parts[entry % this.#parts.length] as Part;
    return readFunction(part, Math.floor(entry / this.#parts.length) * ENTRY_BYTES);
  }
}

/** Index of the last number that is not above the wanted one, -1 when all are. The numbers are sorted. */
export function lastAtMost(sorted: Float64Array | BigUint64Array, wanted: number | bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number | bigint) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Offsets of the entries that are functions with a place in the file; imported ones have none. */
function* functionEntries(view: DataView): Generator<number> {
  for (let at = 0; at + ENTRY_BYTES <= view.byteLength; at += ENTRY_BYTES) {
    const type = view.getUint8(at + 4) & 0xf;
    if ((type === FUNCTION || type === INDIRECT_FUNCTION) && view.getUint16(at + 6, true) !== 0) yield at;
  }
}

function readFunction(part: Part, at: number): ElfFunction {
  return {
    name: nameAt(part, at),
    address: addressAt(part.view, at),
    size: part.view.getUint32(at + 16, true),
    indirect: (part.view.getUint8(at + 4) & 0xf) === INDIRECT_FUNCTION,
  };
}

function addressAt(view: DataView, at: number): number {
  return view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * 2 ** 32;
}

function nameAt({ view, names }: Part, at: number): string {
  const start = view.getUint32(at, true);
  const end = names.indexOf(0, start);
  if (start >= names.length || end < 0) throw new BpfError("ELF", "damaged ELF file: a symbol has no name");
  return names.toString("utf8", start, end);
}

/** Where a name begins among the names. Linkers let a name be the end of a longer one. */
function nameOffsets(names: Buffer, name: string): Set<number> {
  const offsets = new Set<number>();
  const wanted = Buffer.from(`${name}\0`);
  for (let at = names.indexOf(wanted); at >= 0; at = names.indexOf(wanted, at + 1)) offsets.add(at);
  return offsets;
}

/** Of malloc and __libc_malloc the first is what people know. */
function decoration(name: string): number {
  return (/^_*/.exec(name)?.[0].length ?? 0) * 1000 + name.length;
}
