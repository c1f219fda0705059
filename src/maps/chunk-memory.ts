import { NativeBuffer } from "../ffi/native-buffer.ts";

/** Entries read at once when nothing else is asked: more is not faster. */
const CHUNK_ENTRIES = 8192;
/** Bytes of keys and values at once, for maps with large values. */
const CHUNK_BYTES = 8 << 20;

/** The number of entries to read at once from a map of that size. */
export function chunkEntries(entryBytes: number, maxEntries: number, wanted = CHUNK_ENTRIES): number {
  const fitting = Math.floor(CHUNK_BYTES / Math.max(1, entryBytes));
  return Math.max(1, Math.min(wanted, maxEntries, fitting));
}

/** Memory for many keys and values, and for the place where the next batch goes on. */
export class ChunkMemory {
  readonly entries: number;
  readonly keys: NativeBuffer;
  readonly values: NativeBuffer;
  readonly count: NativeBuffer;
  private tokens: [NativeBuffer, NativeBuffer];

  constructor(entries: number, keySize: number, valueStride: number) {
    this.entries = entries;
    this.keys = NativeBuffer.alloc(entries * keySize);
    this.values = NativeBuffer.alloc(entries * valueStride);
    this.count = NativeBuffer.alloc(4);
    // A bucket number for hash maps, a key for others.
    const tokenSize = Math.max(8, keySize);
    this.tokens = [NativeBuffer.alloc(tokenSize), NativeBuffer.alloc(tokenSize)];
  }

  /** Where the kernel writes how to go on. */
  get nextToken(): number {
    return this.tokens[0].address;
  }

  /** What nextToken was filled with becomes the place to go on from; gives its address. */
  turnToken(): number {
    this.tokens = [this.tokens[1], this.tokens[0]];
    return this.tokens[1].address;
  }

  /** Goes on from where the other memory stands. */
  takeToken(from: ChunkMemory): number {
    this.tokens[1].bytes.set(from.tokens[1].bytes);
    return this.tokens[1].address;
  }
}
