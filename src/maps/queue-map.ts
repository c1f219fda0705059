import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import type { Codec } from "../values/codec.ts";
import { bytesCodec } from "../values/compile-codec.ts";
import { mapError } from "./map-error.ts";
import type { MapHandle } from "./map-handle.ts";
import { EntryMemory } from "./map-memory.ts";
import { MapObject } from "./map-object.ts";

/**
 * A queue (first in, first out) or a stack (last in, first out), by the kind of map (since Linux 4.20).
 *
 * @example
 * for (let value = bpf.maps.queue.pop(); value !== undefined; value = bpf.maps.queue.pop()) console.log(value);
 */
export class QueueMap<V> extends MapObject {
  readonly #memory: EntryMemory<Uint8Array, V>;

  constructor(handle: MapHandle, value: Codec<V>) {
    super(handle);
    this.#memory = new EntryMemory({ key: bytesCodec(0), value });
  }

  /** Throws MapError "MAP_FULL" when it is full, unless `replace` lets the oldest value go. */
  push(value: V, { replace = false }: { readonly replace?: boolean } = {}): void {
    const fd = this.openFd();
    const address = this.#memory.writeValue(value);
    const result = libbpf().bpf_map_update_elem(fd, 0, address, replace ? 2n : 0n);
    if (result < 0) throw mapError(this.name, "push", -result);
  }

  /** Takes the next value; undefined when there is none. */
  pop(): V | undefined {
    const value = this.#memory.value.address;
    return this.#read("pop", libbpf().bpf_map_lookup_and_delete_elem(this.openFd(), 0, value));
  }

  /** The next value, which stays; undefined when there is none. */
  peek(): V | undefined {
    const value = this.#memory.value.address;
    return this.#read("peek", libbpf().bpf_map_lookup_elem(this.openFd(), 0, value));
  }

  #read(operation: string, result: number): V | undefined {
    if (result === 0) return this.#memory.readValue();
    if (result === -ERRNO.ENOENT) return undefined;
    throw mapError(this.name, operation, -result);
  }
}
