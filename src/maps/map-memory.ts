import { NativeBuffer } from "../ffi/native-buffer.ts";
import type { Codec } from "../values/codec.ts";
import { ValueError } from "../values/value-error.ts";

/** How keys and values of a map are read and written. For per-CPU maps the value is that of all CPUs. */
export interface EntryCodecs<K, V> {
  readonly key: Codec<K>;
  readonly value: Codec<V>;
}

/**
 * Memory for one key and one value of a map, at addresses that the kernel is given. One is enough for each
 * map, since every call copies what it needs before it returns.
 */
export class EntryMemory<K, V> {
  readonly codecs: EntryCodecs<K, V>;
  readonly key: NativeBuffer;
  readonly value: NativeBuffer;

  constructor(codecs: EntryCodecs<K, V>) {
    this.codecs = codecs;
    this.key = NativeBuffer.alloc(codecs.key.size);
    this.value = NativeBuffer.alloc(codecs.value.size);
  }

  /** Puts a key into its memory and gives its address. Throws ValueError with a path that begins at "key". */
  writeKey(key: K): number {
    encodeAt(this.codecs.key, key, this.key, 0, "key");
    return this.key.address;
  }

  writeValue(value: V): number {
    encodeAt(this.codecs.value, value, this.value, 0, "value");
    return this.value.address;
  }

  readValue(): V {
    return this.codecs.value.decode(this.value.view, 0);
  }
}

/** Throws ValueError with a path that begins at `root`. */
export function encodeAt<T>(
  codec: Codec<T>,
  value: T,
  memory: NativeBuffer,
  offset: number,
  root: string,
): void {
  try {
    codec.encode(value, memory.view, offset);
  } catch (error) {
    throw error instanceof ValueError ? error.within(root) : error;
  }
}
