import { BpfError } from "../errors.ts";
import { MappedMemory } from "../ffi/mapped-memory.ts";
import type { Codec } from "../values/codec.ts";
import type { MapHandle } from "./map-handle.ts";
import { SharedValue } from "./shared-value.ts";

/** The flag of a map whose values can be mapped. */
const MMAPABLE = 1 << 10;

/**
 * The values of an array that is mapped into this process: reading and writing one costs no system call, and
 * both sides see changes at once (since Linux 5.5). Made by `ArrayMap.live()`.
 *
 * @example
 * // BPF_F_TABLE("array", u32, u64, slots, 64, BPF_F_MMAPABLE)
 * using slots = bpf.maps.slots.live();
 * slots.get(3); // bigint | undefined, as it is now
 */
export class LiveArray<V> implements Iterable<V> {
  readonly length: number;
  readonly #memory: MappedMemory;
  readonly #stride: number;
  readonly #value: SharedValue<V>;

  /** Use ArrayMap.live(). Throws BpfError "MAP_NOT_MAPPED" for a map without the flag, and SyscallError. */
  constructor(handle: MapHandle, codec: Codec<V>) {
    if (((handle.flags ?? 0) & MMAPABLE) === 0) {
      throw new BpfError("MAP_NOT_MAPPED", `map ${handle.name}: it was not made to be mapped`, {
        hint: `Declare it so: BPF_F_TABLE("array", u32, <type>, ${handle.name}, ${handle.maxEntries}, BPF_F_MMAPABLE).`,
      });
    }
    this.length = handle.maxEntries;
    this.#stride = Math.ceil(handle.valueSize / 8) * 8;
    this.#value = new SharedValue(codec);
    this.#memory = MappedMemory.map(handle.fd, this.#stride * this.length, { writable: true });
  }

  /** The value at an index as it is now; undefined for an index outside of the array. */
  get(index: number): V | undefined {
    const view = this.#memory.view();
    return this.#has(index) ? this.#value.read(view, index * this.#stride) : undefined;
  }

  /** Throws RangeError for an index outside of the array, ValueError for a value that does not fit. */
  set(index: number, value: V): void {
    const view = this.#memory.view();
    if (!this.#has(index)) throw new RangeError(`${index} is not an index below ${this.length}`);
    this.#value.write(view, index * this.#stride, value);
  }

  /** Each value as it is when its turn comes. */
  *[Symbol.iterator](): IterableIterator<V> {
    for (let index = 0; index < this.length; index++) {
      yield this.#value.read(this.#memory.view(), index * this.#stride);
    }
  }

  /** Ends the mapping; the map stays. May be called again. Any other use then throws ClosedError. */
  close(): void {
    this.#memory.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.length;
  }
}
