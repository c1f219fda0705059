import type { Btf } from "./btf/btf.ts";
import { Declarator } from "./btf/declarator.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { readMemory } from "./ffi/library.ts";
import { liveFacts } from "./kernel/live-facts.ts";
import type { LoadedMap } from "./load/loaded-object.ts";
import { NetworkMethods } from "./network-methods.ts";
import { disassemble } from "./output/disassemble.ts";

const INSTRUCTION_BYTES = 8;
const HELPER_PREFIX = "BPF_FUNC_";

/** What a table is made of, in C's words. */
export interface TableDescription {
  readonly name: string;
  /** "hash", "array", "ringbuf" */
  readonly kind: string;
  /** C types: "u32", "struct key"; undefined where the table has none. */
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** Bytes. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}

/** The part of Bpf that shows what is in the kernel. */
export abstract class InspectMethods extends NetworkMethods {
  /** The object's own BTF. */
  protected abstract readonly types: Btf;
  /** The tables, those behind global variables too. */
  protected abstract loadedMaps(): Iterable<LoadedMap>;

  /** As bcc's dump_func: the instructions of a program as they were given to the kernel, eight bytes each. */
  dumpFunc(name: string): Uint8Array {
    const { pointer } = this.loaded(name);
    const length = libbpf().bpf_program__insn_cnt(pointer) * INSTRUCTION_BYTES;
    return Uint8Array.from(readMemory(libbpf().bpf_program__insns(pointer), length));
  }

  /**
   * As bcc's disassemble_func: the same as text, with the names of tables and helper functions.
   *
   * @example
   * process.stdout.write(bpf.disassembleFunc("on_open"));
   */
  disassembleFunc(name: string): string {
    const maps = new Map(Array.from(this.loadedMaps(), (map) => [map.fd, map.name]));
    const helpers = helperNames();
    return disassemble(this.dumpFunc(name), {
      helper: (id) => helpers.get(id),
      map: (fd) => maps.get(fd),
    });
  }

  /** As bcc's decode_table: a table's kind, types and sizes. Undefined when there is no such table. */
  decodeTable(name: string): TableDescription | undefined {
    const map = [...this.loadedMaps()].find((each) => each.name === name);
    if (map === undefined) return undefined;
    const declarator = new Declarator(this.types, (_, type) => spelled(type));
    const spell = (id: number) => (id === 0 ? undefined : declarator.declare(id));
    const { typeName: kind, keySize, valueSize, maxEntries } = map;
    const [key, value] = [spell(map.keyTypeId), spell(map.valueTypeId)];
    return { name, kind, key, value, keySize, valueSize, maxEntries };
  }
}

function spelled(type: ReturnType<Btf["type"]>): string {
  if (!("name" in type)) return "void";
  const word = type.kind === "fwd" ? type.of : type.kind;
  const tag = word === "struct" || word === "union" || word === "enum" ? `${word} ` : "";
  return `${tag}${type.name || "{...}"}`;
}

/** The kernel's BTF names all its helper functions in one enum. */
function helperNames(): ReadonlyMap<number, string> {
  const { btf } = liveFacts();
  const id = btf.enumerator(`${HELPER_PREFIX}map_lookup_elem`)?.enumId;
  const type = id === undefined ? undefined : btf.type(id);
  const values = type?.kind === "enum" ? type.values : [];
  return new Map(values.map(({ name, value }) => [Number(value), `bpf_${name.slice(HELPER_PREFIX.length)}`]));
}
