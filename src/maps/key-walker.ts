import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { mapError } from "./map-error.ts";
import type { MapHandle } from "./map-handle.ts";
import type { RawChunk, RawMap } from "./raw-chunk.ts";

/** Passes over keys that were given already, after which a walk that finds no other one is ended. */
const FRUITLESS_PASSES = 100;

/**
 * Reads all entries of a map key by key: on any kernel, about ten times slower than in batches. The next
 * key is asked for before a chunk is given away, so entries of the chunk may be deleted. If the key to go
 * on from is deleted meanwhile, the kernel begins again: hence what was given is remembered, and not given twice.
 */
export function* walkKeys(map: RawMap, entries: number): Generator<RawChunk, void> {
  const { handle, valueStride } = map;
  const { keySize } = handle;
  const [keys, values] = [NativeBuffer.alloc(entries * keySize), NativeBuffer.alloc(entries * valueStride)];
  const cursor = new KeyCursor(map);
  const given = new Set<string>();
  let fruitless = 0;
  for (let more = cursor.advance(); more; ) {
    let count = 0;
    for (; more && count < entries; more = cursor.advance()) {
      const name = Buffer.from(cursor.key.bytes.buffer, 0, keySize).toString("latin1");
      if (given.has(name)) {
        if (++fruitless > FRUITLESS_PASSES * given.size) throw changesTooFast(handle.name);
        continue;
      }
      fruitless = 0;
      given.add(name);
      keys.bytes.set(cursor.key.bytes, count * keySize);
      if (lookUp(map, keys.address + count * keySize, values.address + count * valueStride)) count++;
    }
    if (count > 0) yield { keys: keys.view, values: values.view, count };
  }
}

function changesTooFast(map: string): Error {
  return mapError(map, "read", ERRNO.EBUSY);
}

/** The keys alone, of maps whose values cannot be read. */
export function* walkKeysOnly<K>(
  handle: MapHandle,
  openFd: () => number,
  decode: (key: DataView) => K,
): Generator<K, void> {
  const cursor = new KeyCursor({ handle, valueStride: 0, openFd });
  for (let left = handle.maxEntries; left > 0 && cursor.advance(); left--) yield decode(cursor.key.view);
}

/** False when the entry is gone. */
function lookUp(map: RawMap, key: number, value: number): boolean {
  const result = libbpf().bpf_map_lookup_elem(map.openFd(), key, value);
  if (result < 0 && result !== -ERRNO.ENOENT) throw mapError(map.handle.name, "read", -result);
  return result === 0;
}

class KeyCursor {
  private readonly map: RawMap;
  private started = false;
  key: NativeBuffer;
  private spare: NativeBuffer;

  constructor(map: RawMap) {
    this.map = map;
    this.key = NativeBuffer.alloc(map.handle.keySize);
    this.spare = NativeBuffer.alloc(map.handle.keySize);
  }

  /** Goes to the next key; false after the last. */
  advance(): boolean {
    const from = this.started ? this.key.address : 0;
    const result = libbpf().bpf_map_get_next_key(this.map.openFd(), from, this.spare.address);
    if (result < 0 && result !== -ERRNO.ENOENT) throw mapError(this.map.handle.name, "read", -result);
    [this.key, this.spare] = [this.spare, this.key];
    this.started = true;
    return result === 0;
  }
}
