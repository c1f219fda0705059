import { damaged } from "./btf-damage.ts";
import type { BtfKind, BtfType } from "./btf-type.ts";
import { decodeType, enumeratorValue, KIND_NAMES } from "./decode-type.ts";
import { indexOfEnumerator, indexOfNamed, stringOffsets } from "./find-names.ts";
import type { NameIndex } from "./name-index.ts";
import { INDEXED } from "./scan-names.ts";
import { KIND, kindOf, readTypeTable, type TypeTable } from "./type-table.ts";

/** No type of a real kernel or program is larger; keeps products of array lengths exact. */
const MOST_BYTES = 2 ** 40;
/** Arrays of arrays, and structs of them: what a chain of types may reach before it counts as damaged. */
const MOST_STEPS = 1000;

export interface BtfOptions {
  /** The BTF that this one continues: vmlinux for a kernel module. */
  readonly base?: Btf;
  /** For messages. */
  readonly name?: string;
  /** The index of these very bytes, which saves passes over all types. */
  readonly index?: NameIndex | undefined;
}

/**
 * Types of the kernel, of a module or of an object file. Reading builds only a table of where each type
 * begins; types are decoded when asked for. All methods throw BpfError "BTF" where the bytes are damaged.
 *
 * @example
 * const btf = Btf.parse(readFileSync("/sys/kernel/btf/vmlinux"));
 * const sock = btf.find("struct", "sock");
 */
export class Btf {
  readonly bytes: Uint8Array;
  readonly base: Btf | undefined;
  readonly name: string;
  /** The id of the first type of its own: 1, or what follows the base. Id 0 is void everywhere. */
  readonly firstId: number;
  /** Types of its own, without those of the base. */
  readonly typeCount: number;
  /** The parts as they are in memory, for passes over all types. */
  readonly table: TypeTable;
  readonly index: NameIndex | undefined;
  /** Strings of the base come first in the space of string offsets. */
  readonly #stringsBefore: number;
  readonly #decoded = new Map<number, BtfType>();

  private constructor(bytes: Uint8Array, options: BtfOptions) {
    this.bytes = bytes;
    this.base = options.base;
    this.name = options.name ?? "BTF";
    this.table = readTypeTable(bytes, options.base !== undefined, options.index?.starts);
    this.index = options.index;
    this.firstId = options.base === undefined ? 1 : options.base.endId;
    this.typeCount = this.table.starts.length;
    this.#stringsBefore = options.base === undefined ? 0 : options.base.stringsEnd;
  }

  /** Reads BTF in the kernel's format (`/sys/kernel/btf/*`, section `.BTF`), little-endian, any alignment. */
  static parse(bytes: Uint8Array, options: BtfOptions = {}): Btf {
    return new Btf(bytes, options);
  }

  /** One more than the last id. */
  get endId(): number {
    return this.firstId + this.typeCount;
  }

  /** One more than the last string offset, counting the base's. */
  get stringsEnd(): number {
    return this.#stringsBefore + this.table.strings.length;
  }

  /** The type with this id. The same object each time. */
  type(id: number): BtfType {
    if (id === 0) return { kind: "void" };
    if (this.base !== undefined && id < this.firstId) return this.base.type(id);
    const known = this.#decoded.get(id);
    if (known !== undefined) return known;
    const type = decodeType(this.table, this.#start(id), {
      string: (offset) => this.string(offset),
      intData: (member) => this.#intData(member),
    });
    this.#decoded.set(id, type);
    return type;
  }

  /** The text at a string offset, the base's strings counted first. */
  string(offset: number): string {
    if (this.base !== undefined && offset < this.#stringsBefore) return this.base.string(offset);
    if (offset === 0) return "";
    const { strings } = this.table;
    const begin = offset - this.#stringsBefore;
    if (begin >= strings.length) throw damaged(`a name is at ${offset}, outside of the strings`);
    let end = begin;
    while (strings[end] !== 0) end++;
    return strings.toString("utf8", begin, end);
  }

  /**
   * The id of a type by kind and name; with a list of kinds, of the first type of any of them. Its own types
   * come before those of the base. About 1 ms for a kernel without an index, and for functions and variables, which
   * have none: for many names use `lookUp`.
   */
  find(kind: BtfKind | readonly BtfKind[], name: string): number | undefined {
    if (name === "") return undefined;
    const kinds = kindBits(typeof kind === "string" ? [kind] : kind);
    let offsets: readonly number[] | undefined;
    for (let btf: Btf | undefined = this; btf !== undefined; btf = btf.base) {
      if (btf.index !== undefined && (kinds & ~INDEXED) === 0) {
        const id = btf.#indexed(btf.index, kinds, name);
        if (id !== undefined) return id;
        continue;
      }
      offsets ??= this.stringOffsets(name);
      const index = offsets.length === 0 ? -1 : indexOfNamed(btf.table, kinds, offsets);
      if (index >= 0) return btf.firstId + index;
    }
    return undefined;
  }

  #indexed(names: NameIndex, kinds: number, name: string): number | undefined {
    const { words, starts } = this.table;
    const index = names.candidates([name]).typeIndexes.find((i) => {
      const at = starts[i] as number;
      const isOfKind = ((kinds >>> kindOf(words[at + 1] as number)) & 1) === 1;
      return isOfKind && this.string(words[at] as number) === name;
    });
    return index === undefined ? undefined : this.firstId + index;
  }

  /** The first enumerator of that name: its enum and its value. */
  enumerator(name: string): { enumId: number; value: bigint } | undefined {
    const offsets = this.stringOffsets(name);
    if (offsets.length === 0) return undefined;
    for (let btf: Btf | undefined = this; btf !== undefined; btf = btf.base) {
      const found = indexOfEnumerator(btf.table, offsets);
      if (found === undefined) continue;
      const { words, starts } = btf.table;
      const info = words[(starts[found.index] as number) + 1] as number;
      return { enumId: btf.firstId + found.index, value: enumeratorValue(words, info, found.word) };
    }
    return undefined;
  }

  /** Where a name is in the space of string offsets. */
  stringOffsets(name: string): number[] {
    const own = stringOffsets(this.table.strings, name).map((offset) => offset + this.#stringsBefore);
    return this.base === undefined ? own : [...own, ...this.base.stringOffsets(name)];
  }

  /** The names of all types of a kind, in the order of their ids, without the anonymous; for near-miss hints. */
  *names(kind: BtfKind): Iterable<string> {
    if (this.base !== undefined) yield* this.base.names(kind);
    yield* this.ownNames(kind);
  }

  /** Those that the base has not. */
  *ownNames(kind: BtfKind): Iterable<string> {
    const kinds = kindBits([kind]);
    const { words, starts } = this.table;
    for (const at of starts) {
      if (((kinds >>> kindOf(words[at + 1] as number)) & 1) === 0) continue;
      const name = this.string(words[at] as number);
      if (name !== "") yield name;
    }
  }

  /** The id behind typedefs, const, volatile, restrict and type tags. */
  resolve(id: number): number {
    let at = id;
    for (let steps = 0; steps <= MOST_STEPS; steps++) {
      const type = this.type(at);
      switch (type.kind) {
        case "typedef":
        case "const":
        case "volatile":
        case "restrict":
        case "type_tag":
          at = type.to;
          continue;
        default:
          return at;
      }
    }
    throw damaged(`type ${id} leads to itself`);
  }

  /** Bytes that a value of the type takes. 0 for void, functions and types that are only declared. */
  sizeOf(id: number): number {
    let at = id;
    let count = 1;
    for (let steps = 0; steps <= MOST_STEPS; steps++) {
      const type = this.type(this.resolve(at));
      switch (type.kind) {
        case "int":
        case "float":
        case "enum":
        case "struct":
        case "union":
        case "datasec":
          return this.#bytes(count * type.size, id);
        case "ptr":
          return this.#bytes(count * 8, id);
        case "array":
          count = this.#bytes(count * type.count, id);
          at = type.of;
          continue;
        case "var":
          at = type.to;
          continue;
        default:
          return 0;
      }
    }
    throw damaged(`type ${id} contains itself`);
  }

  #bytes(bytes: number, id: number): number {
    if (bytes > MOST_BYTES) throw damaged(`type ${id} is larger than any memory`);
    return bytes;
  }

  #start(id: number): number {
    const start = this.table.starts[id - this.firstId];
    if (start === undefined) throw damaged(`there is no type ${id}`);
    return start;
  }

  /** Reads words only: it runs while a type is decoded, where decoding others could go round in circles. */
  #intData(id: number): { size: number; data: number } | undefined {
    let at = id;
    for (let steps = 0; steps <= MOST_STEPS && at !== 0; steps++) {
      let btf: Btf = this;
      while (btf.base !== undefined && at < btf.firstId) btf = btf.base;
      const start = btf.#start(at);
      const { words } = btf.table;
      const kind = kindOf(words[start + 1] as number);
      if (kind === KIND.int) return { size: words[start + 2] as number, data: words[start + 3] as number };
      if (!PASSED_THROUGH.has(kind)) return undefined;
      at = words[start + 2] as number;
    }
    return undefined;
  }
}

const PASSED_THROUGH: ReadonlySet<number> = new Set([
  KIND.typedef,
  KIND.const,
  KIND.volatile,
  KIND.restrict,
  KIND.type_tag,
]);

function kindBits(kinds: readonly BtfKind[]): number {
  let bits = 0;
  KIND_NAMES.forEach((name, number) => {
    if (number > 0 && kinds.includes(name)) bits |= 1 << number;
  });
  return bits;
}
