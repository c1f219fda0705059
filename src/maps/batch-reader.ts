import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { ChunkMemory } from "./chunk-memory.ts";
import { mapError, UNSUPPORTED_BATCH } from "./map-error.ts";
import type { RawChunk, RawMap } from "./raw-chunk.ts";

export type BatchOperation = "bpf_map_lookup_batch" | "bpf_map_lookup_and_delete_batch";

/** A batch is cut short by a concurrent deletion; it is tried again that often. */
const RETRIES = 100;

/**
 * Reads all entries of a map in batches (since Linux 5.6; since 5.13 for per-CPU arrays); with
 * `bpf_map_lookup_and_delete_batch` they are removed as they are read. The memory of a chunk is used again
 * for the next one. Gives undefined, before anything was read, where this kernel has no batches for the map.
 */
export function readBatches(
  map: RawMap,
  operation: BatchOperation,
  entries: number,
): Generator<RawChunk, void> | undefined {
  const reader = new BatchReader(map, operation, entries);
  const first = reader.next();
  return first === "unsupported" ? undefined : chunks(reader, first);
}

function* chunks(reader: BatchReader, first: RawChunk | undefined): Generator<RawChunk, void> {
  for (let chunk = first; chunk !== undefined; ) {
    if (chunk.count > 0) yield chunk;
    const next = reader.next();
    if (next === "unsupported") return;
    chunk = next;
  }
}

class BatchReader {
  private readonly map: RawMap;
  private readonly operation: BatchOperation;
  private memory: ChunkMemory;
  private token = 0;
  private started = false;
  private ended = false;

  constructor(map: RawMap, operation: BatchOperation, entries: number) {
    this.map = map;
    this.operation = operation;
    this.memory = this.allocate(entries);
  }

  /** The next chunk, which may be empty; undefined after the last. */
  next(): RawChunk | "unsupported" | undefined {
    if (this.ended) return undefined;
    for (let tries = 0; ; tries++) {
      const errno = -this.call();
      // The last batch ends with ENOENT, and its count is valid.
      if (errno === 0 || errno === ERRNO.ENOENT) return this.taken(errno === ERRNO.ENOENT);
      // One bucket of a hash map holds more than fits; nothing of it was read or deleted.
      if (errno === ERRNO.ENOSPC) this.grow();
      else if (!this.started && UNSUPPORTED_BATCH.includes(errno)) return "unsupported";
      else if (errno !== ERRNO.EINTR || tries === RETRIES) {
        throw mapError(this.map.handle.name, "read", errno);
      }
    }
  }

  private call(): number {
    const { keys, values, count, nextToken, entries } = this.memory;
    count.view.setUint32(0, entries, true);
    const fd = this.map.openFd();
    return libbpf()[this.operation](
      fd,
      this.token,
      nextToken,
      keys.address,
      values.address,
      count.address,
      0,
    );
  }

  private taken(last: boolean): RawChunk {
    this.started = true;
    this.ended = last;
    const { keys, values, count } = this.memory;
    this.token = this.memory.turnToken();
    return { keys: keys.view, values: values.view, count: count.view.getUint32(0, true) };
  }

  private grow(): void {
    const before = this.memory;
    this.memory = this.allocate(before.entries * 2);
    if (this.token !== 0) this.token = this.memory.takeToken(before);
  }

  private allocate(entries: number): ChunkMemory {
    return new ChunkMemory(entries, this.map.handle.keySize, this.map.valueStride);
  }
}
