import { ClosedError } from "../errors.ts";
import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { readCString } from "../ffi/library.ts";
import { mapTypeName } from "../kernel/bpf-constants.ts";
import { kernelInfo } from "./kernel-info.ts";
import type { ObjectHandle } from "./object-handle.ts";

/** A program in the kernel. */
export class LoadedProgram {
  readonly name: string;
  readonly section: string;
  readonly fd: number;
  /** The kernel's number for it, as `bpftool prog` shows. */
  readonly id: number;
  /** enum bpf_prog_type. */
  readonly type: number;
  /** True when its licence is one that the kernel's GPL helpers accept. */
  readonly gplCompatible: boolean;
  /** What the verifier wrote, "" unless LoadOptions.logLevel asked for it. */
  readonly log: string;
  readonly #handle: ObjectHandle;
  readonly #pointer: number;

  constructor(handle: ObjectHandle, name: string, pointer: number, log: string) {
    this.#handle = handle;
    this.#pointer = pointer;
    this.name = name;
    this.section = readCString(libbpf().bpf_program__section_name(pointer));
    this.fd = checked(`program ${name}`, libbpf().bpf_program__fd(pointer));
    const info = kernelInfo(this.fd).view;
    this.id = info.getUint32(4, true);
    this.gplCompatible = (info.getUint32(84, true) & 1) === 1;
    this.type = libbpf().bpf_program__type(pointer);
    this.log = log;
  }

  /** libbpf's struct bpf_program. Throws ClosedError after the object was closed. */
  get pointer(): number {
    if (this.#handle.address === 0) throw new ClosedError(`the program ${this.name}`);
    return this.#pointer;
  }
}

/** A map in the kernel. Sizes in bytes; type ids refer to the BTF of the object, 0 is none. */
export interface LoadedMap {
  readonly name: string;
  readonly fd: number;
  /** The kernel's number for it, as `bpftool map` shows. */
  readonly id: number;
  /** enum bpf_map_type. */
  readonly type: number;
  /** "hash", "array", "ringbuf", … */
  readonly typeName: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly keyTypeId: number;
  readonly valueTypeId: number;
  /** True for the maps behind global variables and constants. */
  readonly internal: boolean;
}

/** Types of a map's keys and values in the object's own BTF. */
export interface MapTypeIds {
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

export function readMapTypeIds(map: number): MapTypeIds {
  return {
    keyTypeId: libbpf().bpf_map__btf_key_type_id(map),
    valueTypeId: libbpf().bpf_map__btf_value_type_id(map),
  };
}

export function describeMap(name: string, map: number, ids: MapTypeIds): LoadedMap {
  const type = libbpf().bpf_map__type(map);
  const fd = checked(`map ${name}`, libbpf().bpf_map__fd(map));
  return {
    name,
    fd,
    id: kernelInfo(fd).view.getUint32(4, true),
    type,
    typeName: mapTypeName(type),
    keySize: libbpf().bpf_map__key_size(map),
    valueSize: libbpf().bpf_map__value_size(map),
    maxEntries: libbpf().bpf_map__max_entries(map),
    flags: libbpf().bpf_map__map_flags(map),
    internal: libbpf().bpf_map__is_internal(map) % 256 !== 0,
    ...ids,
  };
}

/** Loads an object's file again: one program of it, as another kind, with the maps of the first. */
export type LoadAgain = (first: LoadedObject, name: string, type: number) => LoadedObject;

/** An object's programs and maps in the kernel. They stay there until close() and as long as links need them. */
export class LoadedObject {
  /** Those that were loaded: programs with autoload off are missing. */
  readonly programs: ReadonlyMap<string, LoadedProgram>;
  readonly maps: ReadonlyMap<string, LoadedMap>;
  /** All programs of the object, loaded or not. */
  readonly names: readonly string[];
  readonly #handle: ObjectHandle;
  readonly #again: LoadAgain;
  readonly #others = new Map<string, LoadedObject>();

  constructor(
    handle: ObjectHandle,
    programs: ReadonlyMap<string, LoadedProgram>,
    maps: ReadonlyMap<string, LoadedMap>,
    again: LoadAgain,
  ) {
    this.#handle = handle;
    this.programs = programs;
    this.maps = maps;
    this.names = [...handle.programs.keys()];
    this.#again = again;
  }

  /**
   * A program as another kind (enum bpf_prog_type) than its section says, over the same maps: what a text does
   * not tell of a program is known when it is attached. Loaded once for each kind; close() closes it, too.
   */
  programAs(name: string, type: number): LoadedProgram | undefined {
    const loaded = this.programs.get(name);
    if (loaded?.type === type) return loaded;
    if (!this.names.includes(name)) return undefined;
    const key = `${name} ${type}`;
    const other = this.#others.get(key) ?? this.#again(this, name, type);
    this.#others.set(key, other);
    return other.programs.get(name);
  }

  /** Closes all file descriptors of the object. May be called again. */
  close(): void {
    for (const other of this.#others.values()) other.close();
    this.#others.clear();
    this.#handle.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
