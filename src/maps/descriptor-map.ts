import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import { walkKeysOnly } from "./key-walker.ts";
import { mapError } from "./map-error.ts";
import type { MapHandle } from "./map-handle.ts";
import { EntryMemory } from "./map-memory.ts";
import { MapObject } from "./map-object.ts";
import type { HasFd } from "./program-array.ts";

const WORD = codecOf<number>({ kind: "integer", size: 4, signed: false }, "unsigned int");

/**
 * A map into which file descriptors are written and out of which nothing can be read: sockets (BPF_SOCKMAP,
 * BPF_SOCKHASH, BPF_XSKMAP; since Linux 4.14 and 4.18).
 *
 * @example
 * bpf.maps.socks.set(0, server); // anything with a file descriptor
 * bpf.maps.socks.delete(0);
 */
export class DescriptorMap<K = number> extends MapObject {
  readonly #memory: EntryMemory<K, number>;

  constructor(handle: MapHandle, key: Codec<K>) {
    super(handle);
    this.#memory = new EntryMemory({ key, value: WORD });
  }

  /** The number of entries that the map can hold. */
  get maxEntries(): number {
    return this.handle.maxEntries;
  }

  /** Throws MapError when the kernel refuses what the descriptor stands for. */
  set(key: K, value: HasFd | number): this {
    const fd = this.openFd();
    const [valueAt, keyAt] = [
      this.#memory.writeValue(typeof value === "number" ? value : value.fd),
      this.#memory.writeKey(key),
    ];
    const result = libbpf().bpf_map_update_elem(fd, keyAt, valueAt, 0n);
    if (result < 0) throw mapError(this.name, "set", -result);
    return this;
  }

  /** False when there was nothing. */
  delete(key: K): boolean {
    const result = libbpf().bpf_map_delete_elem(this.openFd(), this.#memory.writeKey(key));
    if (result < 0 && result !== -ERRNO.ENOENT && result !== -ERRNO.EINVAL)
      throw mapError(this.name, "delete", -result);
    return result === 0;
  }

  /** The keys; of an array all its indices. */
  keys(): IterableIterator<K> {
    const { key } = this.#memory.codecs;
    return walkKeysOnly(
      this.handle,
      () => this.openFd(),
      (view) => key.decode(view, 0),
    );
  }

  /** Deletes whatever is there. */
  clear(): void {
    for (const key of [...this.keys()]) this.delete(key);
  }
}

/** Maps whose keys are indices from 0. */
export class DescriptorArray extends DescriptorMap<number> {
  constructor(handle: MapHandle) {
    super(handle, WORD);
  }
}
