import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import type { Codec } from "../values/codec.ts";
import { chunkEntries } from "./chunk-memory.ts";
import { mapError, UNSUPPORTED_BATCH } from "./map-error.ts";
import { MAP_TYPE, type MapHandle } from "./map-handle.ts";
import { type EntryCodecs, encodeAt } from "./map-memory.ts";
import type { RawMap } from "./raw-chunk.ts";

/** Times that the kernel may be interrupted before anything was written. */
const RETRIES = 100;

/** Writes entries in batches (since Linux 5.6), elsewhere one by one. */
export function writeBatches<K, V>(
  map: RawMap,
  { key, value }: EntryCodecs<K, V>,
  entries: Iterable<readonly [K, V]>,
): void {
  const chunk = chunkEntries(key.size + value.size, map.handle.maxEntries);
  const keys = new Column(key, chunk, "key");
  const values = new Column(value, chunk, "value");
  const flush = () => {
    writeChunk(map, keys, values);
    keys.count = 0;
    values.count = 0;
  };
  for (const [k, v] of entries) {
    keys.add(k);
    values.add(v);
    if (keys.count === chunk) flush();
  }
  if (keys.count > 0) flush();
}

/** Deletes keys in batches; gives the number of those that there were. */
export function deleteBatches<K>(map: RawMap, codec: Codec<K>, all: Iterable<K>): number {
  const chunk = chunkEntries(codec.size, map.handle.maxEntries);
  const keys = new Column(codec, chunk, "key");
  let deleted = 0;
  const flush = () => {
    deleted += deleteChunk(map, keys);
    keys.count = 0;
  };
  for (const key of all) {
    keys.add(key);
    if (keys.count === chunk) flush();
  }
  if (keys.count > 0) flush();
  return deleted;
}

function writeChunk(map: RawMap, keys: Column<unknown>, values: Column<unknown>): void {
  const count = NativeBuffer.alloc(4);
  for (let at = 0, tries = 0; at < keys.count; tries++) {
    count.view.setUint32(0, keys.count - at, true);
    const fd = map.openFd();
    const errno = -libbpf().bpf_map_update_batch(fd, keys.at(at), values.at(at), count.address, 0);
    if (errno === 0) return;
    if (UNSUPPORTED_BATCH.includes(errno)) {
      for (; at < keys.count; at++) writeOne(map, keys.at(at), values.at(at));
      return;
    }
    if (errno !== ERRNO.EINTR || tries === RETRIES) throw setError(map.handle, errno);
    at += count.view.getUint32(0, true);
  }
}

function writeOne(map: RawMap, key: number, value: number): void {
  const result = libbpf().bpf_map_update_elem(map.openFd(), key, value, 0n);
  if (result < 0) throw setError(map.handle, -result);
}

function setError({ name, type }: MapHandle, errno: number): Error {
  return mapError(name, "set", errno, type === MAP_TYPE.array || type === MAP_TYPE.perCpuArray);
}

/** A batch ends at a key that does not exist: it goes on after it. */
function deleteChunk(map: RawMap, keys: Column<unknown>): number {
  const count = NativeBuffer.alloc(4);
  let deleted = 0;
  for (let at = 0; at < keys.count; ) {
    count.view.setUint32(0, keys.count - at, true);
    const errno = -libbpf().bpf_map_delete_batch(map.openFd(), keys.at(at), count.address, 0);
    if (UNSUPPORTED_BATCH.includes(errno)) {
      for (; at < keys.count; at++) if (deleteOne(map, keys.at(at))) deleted++;
      return deleted;
    }
    if (errno !== 0 && errno !== ERRNO.ENOENT && errno !== ERRNO.EINTR) {
      throw mapError(map.handle.name, "delete", errno);
    }
    const done = count.view.getUint32(0, true);
    deleted += done;
    at += done + (errno === ERRNO.ENOENT ? 1 : 0);
  }
  return deleted;
}

function deleteOne(map: RawMap, key: number): boolean {
  const result = libbpf().bpf_map_delete_elem(map.openFd(), key);
  if (result < 0 && result !== -ERRNO.ENOENT) throw mapError(map.handle.name, "delete", -result);
  return result === 0;
}

/** Keys or values one behind the other, in the kernel's form. */
class Column<T> {
  readonly #codec: Codec<T>;
  readonly #memory: NativeBuffer;
  readonly #what: string;
  count = 0;

  constructor(codec: Codec<T>, length: number, what: string) {
    this.#codec = codec;
    this.#memory = NativeBuffer.alloc(codec.size * length);
    this.#what = what;
  }

  add(value: T): void {
    encodeAt(this.#codec, value, this.#memory, this.count * this.#codec.size, this.#what);
    this.count++;
  }

  at(index: number): number {
    return this.#memory.address + index * this.#codec.size;
  }
}
