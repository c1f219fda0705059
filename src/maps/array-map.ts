import { libbpf } from "../ffi/libbpf.ts";
import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import { KernelMap } from "./kernel-map.ts";
import { LiveArray } from "./live-array.ts";
import { mapError } from "./map-error.ts";
import type { MapHandle } from "./map-handle.ts";

const INDEX = codecOf<number>({ kind: "integer", size: 4, signed: false }, "unsigned int");

/**
 * An array (BPF_ARRAY): its indices from 0 exist always, the values begin as zeros. An index beyond the
 * end is undefined, as in JavaScript. Since Linux 3.19.
 *
 * @example
 * bpf.maps.slots.set(0, 1n);
 * for (const [index, count] of bpf.maps.slots) if (count > 0n) console.log(index, count);
 */
export class ArrayMap<V> extends KernelMap<number, V> {
  readonly #live: LiveArray<V>[] = [];

  constructor(handle: MapHandle, value: Codec<V>) {
    super(handle, { key: INDEX, value });
  }

  /** The number of values, all of which exist. */
  get length(): number {
    return this.maxEntries;
  }

  /** The same as `length`, by the name that JavaScript's Map has for it. */
  override get size(): number {
    return this.maxEntries;
  }

  /** The value at an index; undefined for an index outside of the array. */
  override get(index: number): V | undefined {
    return this.has(index) ? super.get(index) : undefined;
  }

  /** True for a whole number from 0 up to `length`. */
  override has(index: number): boolean {
    this.openFd();
    return Number.isInteger(index) && index >= 0 && index < this.maxEntries;
  }

  /**
   * The values, mapped into this process: reading one costs no system call. Closed with the map. For maps made
   * with BPF_F_MMAPABLE; throws BpfError "MAP_NOT_MAPPED" for others. Since Linux 5.5.
   */
  live(): LiveArray<V> {
    this.openFd();
    const live = new LiveArray(this.handle, this.codecs.value);
    this.#live.push(live);
    return live;
  }

  /** Ends the use of this object and of what live() gave. */
  override close(): void {
    super.close();
    for (const live of this.#live.splice(0)) live.close();
  }

  /** Makes all values zeros. */
  clear(): void {
    const fd = this.openFd();
    this.memory.value.bytes.fill(0);
    for (let index = 0; index < this.maxEntries; index++) {
      const key = this.memory.writeKey(index);
      const result = libbpf().bpf_map_update_elem(fd, key, this.memory.value.address, 0n);
      if (result < 0) throw this.failure("clear", -result);
    }
  }

  protected override failure(operation: string, errno: number): Error {
    return mapError(this.name, operation, errno, true);
  }
}
