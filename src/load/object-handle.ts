import { ClosedError, LoadError } from "../errors.ts";
import { checkedPointer } from "../ffi/errno.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { readCString } from "../ffi/library.ts";
import { cString, NativeBuffer } from "../ffi/native-buffer.ts";
import { similarNames } from "../source/similar-names.ts";
import type { LoadOptions } from "./load-options.ts";
import { pinMap } from "./pin-map.ts";
import { reuseMap } from "./reuse-map.ts";

/** libbpf's object: its programs and maps by name as addresses, all gone with close(). */
export class ObjectHandle {
  readonly programs: ReadonlyMap<string, number>;
  readonly maps: ReadonlyMap<string, number>;
  #address: number;

  /** Opens an object file; throws SyscallError where libbpf does not take it for one. */
  constructor(object: NativeBuffer, name: string) {
    const text = cString(name);
    const opts = NativeBuffer.alloc(16);
    opts.setPointer(0, 16);
    opts.setPointer(8, text.address);
    const address = libbpf().bpf_object__open_mem(object.address, object.length, opts.address);
    this.#address = checkedPointer(`open the object ${name}`, address);
    this.programs = collect(this.#address, libbpf().bpf_object__next_program, libbpf().bpf_program__name);
    this.maps = collect(this.#address, libbpf().bpf_object__next_map, libbpf().bpf_map__name);
  }

  get address(): number {
    if (this.#address === 0) throw new ClosedError("the object");
    return this.#address;
  }

  close(): void {
    if (this.#address === 0) return;
    libbpf().bpf_object__close(this.#address);
    this.#address = 0;
  }
}

function collect(
  object: number,
  next: (object: number, previous: number) => number,
  nameOf: (entry: number) => number,
): Map<string, number> {
  const entries = new Map<string, number>();
  for (let entry = next(object, 0); entry !== 0; entry = next(object, entry)) {
    entries.set(readCString(nameOf(entry)), entry);
  }
  return entries;
}

/** Applies what the options say about programs and maps, before the object is loaded. */
export function configure(handle: ObjectHandle, options: LoadOptions): void {
  for (const [name, program] of Object.entries(options.programs ?? {})) {
    const address = entry(handle.programs, "program", name);
    const set = (what: string, result: number) => accept(`program ${name}: ${what}`, result);
    if (program.type !== undefined) set("type", libbpf().bpf_program__set_type(address, program.type));
    if (program.expectedAttachType !== undefined) {
      const { bpf_program__set_expected_attach_type: setAttachType } = libbpf();
      set("attach type", setAttachType(address, program.expectedAttachType));
    }
    if (program.autoload !== undefined) {
      set("autoload", libbpf().bpf_program__set_autoload(address, program.autoload ? 1 : 0));
    }
    if (program.attachTarget !== undefined) {
      const target = cString(program.attachTarget);
      const result = libbpf().bpf_program__set_attach_target(address, 0, target.address);
      set(`attach target ${program.attachTarget}`, result);
    }
  }
  for (const [name, map] of Object.entries(options.maps ?? {})) {
    const address = entry(handle.maps, "map", name);
    const set = (what: string, result: number) => accept(`map ${name}: ${what}`, result);
    if (map.maxEntries !== undefined) {
      set(`${map.maxEntries} entries`, libbpf().bpf_map__set_max_entries(address, map.maxEntries));
    }
    if (map.reuse !== undefined) {
      reuseMap({ name, address, from: `the other program's table ${name}`, ...map.reuse });
    } else if (map.pin !== undefined) {
      pinMap(name, address, map.pin);
    }
  }
}

function entry(entries: ReadonlyMap<string, number>, kind: string, name: string): number {
  const address = entries.get(name);
  if (address !== undefined) return address;
  const similar = similarNames(name, entries.keys());
  throw new LoadError(`the object has no ${kind} ${name}`, {
    hint: `It has: ${(similar.length > 0 ? similar : [...entries.keys()]).join(", ") || "none"}.`,
  });
}

function accept(what: string, result: number): void {
  if (result < 0) throw new LoadError(`${what} is refused (${errnoName(-result)})`);
}
