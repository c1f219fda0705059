import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { readBatches } from "./batch-reader.ts";
import { deleteBatches } from "./batch-writer.ts";
import { KernelMap } from "./kernel-map.ts";
import { walkKeys } from "./key-walker.ts";
import { MapError } from "./map-error.ts";
import type { RawChunk } from "./raw-chunk.ts";

/**
 * A hash map (BPF_HASH), in the shape of JavaScript's Map. A missing key is undefined. Since Linux 3.19.
 *
 * @example
 * for (const [pid, count] of bpf.maps.counts) console.log(pid, count);
 * bpf.maps.counts.get(1234); // bigint | undefined
 * setInterval(() => console.log(bpf.maps.counts.readAndClear()), 1000); // each count is told once
 */
export class HashMap<K, V> extends KernelMap<K, V> {
  /** False when there was no such key. */
  delete(key: K): boolean {
    const fd = this.openFd();
    const result = libbpf().bpf_map_delete_elem(fd, this.memory.writeKey(key));
    if (result < 0 && result !== -ERRNO.ENOENT) throw this.failure("delete", -result);
    return result === 0;
  }

  /** Deletes many keys, in batches since Linux 5.6; gives the number of those that there were. */
  deleteMany(keys: Iterable<K>): number {
    this.openFd();
    return deleteBatches(this.raw, this.codecs.key, keys);
  }

  /** The value of the key; where there is none, `value` becomes it. */
  getOrInsert(key: K, value: V): V {
    // A program may insert or delete the key between any two of these calls.
    for (;;) {
      const known = this.get(key);
      if (known !== undefined) return known;
      try {
        this.set(key, value, { flag: "noexist" });
        return value;
      } catch (error) {
        if (!(error instanceof MapError) || error.code !== "MAP_EXISTS") throw error;
      }
    }
  }

  /** Deletes the entries that are there; those that programs add meanwhile may stay. */
  clear(): void {
    for (const _ of this.takenChunks()) {
      // Reading deletes.
    }
  }

  /**
   * All entries, which are deleted as they are read: what programs count meanwhile is in this result or in
   * the next. In batches since Linux 5.6; before, a count between reading and deleting an entry is lost.
   */
  readAndClear(): [K, V][] {
    const entries: [K, V][] = [];
    for (const chunk of this.takenChunks()) {
      for (const entry of this.decodeChunk(chunk)) entries.push(entry);
    }
    return entries;
  }

  private takenChunks(): Generator<RawChunk, void> {
    const size = this.chunkSize(undefined);
    this.openFd();
    return readBatches(this.raw, "bpf_map_lookup_and_delete_batch", size) ?? this.walkDeleting(size);
  }

  private *walkDeleting(size: number): Generator<RawChunk, void> {
    const key = this.memory.key;
    for (const chunk of walkKeys(this.raw, size)) {
      for (let index = 0; index < chunk.count; index++) {
        const from = chunk.keys.byteOffset + index * key.length;
        key.bytes.set(new Uint8Array(chunk.keys.buffer, from, key.length));
        const result = libbpf().bpf_map_delete_elem(this.openFd(), key.address);
        if (result < 0 && result !== -ERRNO.ENOENT) throw this.failure("delete", -result);
      }
      yield chunk;
    }
  }
}
