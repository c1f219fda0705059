import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { type PairDecoder, pairDecoder } from "../values/decode-pairs.ts";
import { readBatches } from "./batch-reader.ts";
import { writeBatches } from "./batch-writer.ts";
import { ChunkIterator } from "./chunk-iterator.ts";
import { chunkEntries } from "./chunk-memory.ts";
import { walkKeys } from "./key-walker.ts";
import { mapError } from "./map-error.ts";
import type { MapHandle } from "./map-handle.ts";
import { type EntryCodecs, EntryMemory } from "./map-memory.ts";
import { MapObject } from "./map-object.ts";
import type { RawChunk, RawMap } from "./raw-chunk.ts";

/** How a whole map is read. */
export interface ReadOptions {
  /** Entries of a chunk; 8192 unless told. Maps with large values have shorter ones. */
  readonly chunk?: number;
}

/** When `set` is to write: always, only a new key, or only a key that exists. */
export interface SetOptions {
  readonly flag?: "any" | "noexist" | "exist";
}

const FLAGS = { any: 0n, noexist: 1n, exist: 2n } as const;

/** What maps with keys have in common: reading and writing entries, in the shape of JavaScript's Map. */
export abstract class KernelMap<K, V> extends MapObject implements Iterable<[K, V]> {
  protected readonly codecs: EntryCodecs<K, V>;
  protected readonly memory: EntryMemory<K, V>;
  protected readonly raw: RawMap;
  #decodePairs: PairDecoder<K, V> | undefined;

  constructor(handle: MapHandle, codecs: EntryCodecs<K, V>) {
    super(handle);
    this.codecs = codecs;
    this.memory = new EntryMemory(codecs);
    this.raw = { handle, valueStride: codecs.value.size, openFd: () => this.openFd() };
  }

  /** The number of entries that the map can hold. */
  get maxEntries(): number {
    return this.handle.maxEntries;
  }

  /** The value of a key, undefined when there is none. Throws ValueError when the key does not fit. */
  get(key: K): V | undefined {
    const fd = this.openFd();
    const result = libbpf().bpf_map_lookup_elem(fd, this.memory.writeKey(key), this.memory.value.address);
    if (result === 0) return this.memory.readValue();
    if (result === -ERRNO.ENOENT) return undefined;
    throw this.failure("get", -result);
  }

  /** True when there is a value for the key. Throws ValueError when the key does not fit. */
  has(key: K): boolean {
    const fd = this.openFd();
    const result = libbpf().bpf_map_lookup_elem(fd, this.memory.writeKey(key), this.memory.value.address);
    if (result < 0 && result !== -ERRNO.ENOENT) throw this.failure("has", -result);
    return result === 0;
  }

  /** Throws ValueError when key or value do not fit their types, MapError when the kernel refuses. */
  set(key: K, value: V, options: SetOptions = {}): this {
    const fd = this.openFd();
    const [valueAt, keyAt] = [this.memory.writeValue(value), this.memory.writeKey(key)];
    const result = libbpf().bpf_map_update_elem(fd, keyAt, valueAt, FLAGS[options.flag ?? "any"]);
    if (result < 0) throw this.failure("set", -result);
    return this;
  }

  /**
   * Sets many entries, in batches (since Linux 5.6; before, one by one). Those before an error are set.
   * Throws what `set` throws.
   *
   * @example
   * bpf.maps.counts.setMany(new Map([[1, 0n], [2, 0n]]));
   */
  setMany(entries: Iterable<readonly [K, V]>): this {
    this.openFd();
    writeBatches(this.raw, this.codecs, entries);
    return this;
  }

  /** The number of entries, counted by reading them. */
  get size(): number {
    let count = 0;
    for (const chunk of this.rawChunks({})) count += chunk.count;
    return count;
  }

  /** All entries, as they are when their chunk is read. Writing and deleting meanwhile is allowed. */
  entries(): IterableIterator<[K, V]> {
    return new ChunkIterator(this.readBatch());
  }

  /** All keys, read in chunks as `entries` does. */
  keys(): IterableIterator<K> {
    const { key } = this.codecs;
    return new ChunkIterator(this.decoded(({ keys, count }) => key.decodeMany(keys, 0, key.size, count)));
  }

  /** All values, read in chunks as `entries` does. */
  values(): IterableIterator<V> {
    const { value } = this.codecs;
    const stride = this.raw.valueStride;
    return new ChunkIterator(this.decoded(({ values, count }) => value.decodeMany(values, 0, stride, count)));
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  /** Calls `action` with each entry, the value first, as JavaScript's Map does. */
  forEach(action: (value: V, key: K, map: this) => void): void {
    for (const [key, value] of this) action(value, key, this);
  }

  /** All entries in arrays of up to 8192: the fastest way to read a large map. */
  readBatch(options: ReadOptions = {}): IterableIterator<[K, V][]> {
    return this.decoded((chunk) => this.decodeChunk(chunk), options);
  }

  protected decodeChunk({ keys, values, count }: RawChunk): [K, V][] {
    this.#decodePairs ??= pairDecoder(this.codecs.key, this.codecs.value);
    return this.#decodePairs(keys, values, this.raw.valueStride, count);
  }

  /** Chunks of bytes: in batches where the kernel has them, key by key elsewhere. */
  protected rawChunks({ chunk }: ReadOptions): Generator<RawChunk, void> {
    const entries = this.chunkSize(chunk);
    this.openFd();
    return readBatches(this.raw, "bpf_map_lookup_batch", entries) ?? walkKeys(this.raw, entries);
  }

  protected chunkSize(wanted: number | undefined): number {
    return chunkEntries(this.handle.keySize + this.raw.valueStride, this.maxEntries, wanted);
  }

  protected failure(operation: string, errno: number): Error {
    return mapError(this.name, operation, errno);
  }

  private *decoded<T>(decode: (chunk: RawChunk) => T[], options: ReadOptions = {}): Generator<T[], void> {
    for (const chunk of this.rawChunks(options)) yield decode(chunk);
  }
}
