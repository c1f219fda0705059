import { NativeBuffer } from "../ffi/native-buffer.ts";
import type { Codec } from "../values/codec.ts";
import { encodeAt } from "./map-memory.ts";

/**
 * Values of one type in memory that programs read and write at the same time. A value of 1, 2, 4 or 8 bytes is
 * read and written whole; of a larger one, each word of 8 bytes.
 */
export class SharedValue<V> {
  readonly #codec: Codec<V>;
  readonly #scratch: NativeBuffer;

  constructor(codec: Codec<V>) {
    this.#codec = codec;
    this.#scratch = NativeBuffer.alloc(codec.size);
  }

  read(view: DataView, offset: number): V {
    return this.#codec.decode(view, offset);
  }

  /** Throws ValueError when the value does not fit the type. */
  write(view: DataView, offset: number, value: V): void {
    // Encoding clears the bytes first, and a program must not meet that.
    encodeAt(this.#codec, value, this.#scratch, 0, "value");
    const from = this.#scratch.view;
    let at = 0;
    for (; at + 8 <= this.#codec.size; at += 8) {
      view.setBigUint64(offset + at, from.getBigUint64(at, true), true);
    }
    for (const [size, put] of NARROW) {
      if (at + size > this.#codec.size) continue;
      put(view, offset + at, from, at);
      at += size;
    }
  }
}

type Put = (to: DataView, offset: number, from: DataView, at: number) => void;
const NARROW: readonly (readonly [number, Put])[] = [
  [4, (to, offset, from, at) => to.setUint32(offset, from.getUint32(at, true), true)],
  [2, (to, offset, from, at) => to.setUint16(offset, from.getUint16(at, true), true)],
  [1, (to, offset, from, at) => to.setUint8(offset, from.getUint8(at))],
];
