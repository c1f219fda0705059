import { refAddon } from "./native-addons.ts";

/**
 * Memory that C may read and write: allocated once, zeroed, at an address that never changes, aligned
 * for any scalar. It is freed when the object is collected, so whoever gives `address` to C that keeps
 * it (a log buffer, a call on the thread pool) must keep the object too.
 */
export class NativeBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** Exact: user addresses have 48 bits at most. */
  readonly address: number;

  private constructor(memory: ArrayBuffer, length: number) {
    this.bytes = new Uint8Array(memory, 0, length);
    this.view = new DataView(memory, 0, length);
    this.address = refAddon().address(Buffer.from(memory));
  }

  /** A buffer of that many bytes; none at all still has an address. */
  static alloc(bytes: number): NativeBuffer {
    // An ArrayBuffer of its own: Node's pooled buffers share one, and an empty one has no address.
    return new NativeBuffer(new ArrayBuffer(Math.max(8, bytes)), bytes);
  }

  /** A copy of the bytes. */
  static from(bytes: Uint8Array): NativeBuffer {
    const buffer = NativeBuffer.alloc(bytes.length);
    buffer.bytes.set(bytes);
    return buffer;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Stores an address, a size or another unsigned number below 2^53 in eight bytes. */
  setPointer(offset: number, value: number): void {
    this.view.setUint32(offset, value >>> 0, true);
    this.view.setUint32(offset + 4, Math.floor(value / 0x1_0000_0000), true);
  }

  /** The address or size stored in eight bytes. */
  getPointer(offset: number): number {
    return this.view.getUint32(offset, true) + this.view.getUint32(offset + 4, true) * 0x1_0000_0000;
  }

  /** The text up to the first NUL byte, or to the end. */
  text(offset = 0): string {
    return decodeText(this.bytes.subarray(offset));
  }
}

/** A NUL-terminated copy of a text, UTF-8. Texts that hold a NUL themselves would be cut: they throw. */
export function cString(text: string): NativeBuffer {
  if (text.includes("\0")) throw new TypeError(`a C string cannot hold NUL: ${JSON.stringify(text)}`);
  const encoded = new TextEncoder().encode(text);
  const buffer = NativeBuffer.alloc(encoded.length + 1);
  buffer.bytes.set(encoded);
  return buffer;
}

/** The text up to the first NUL byte of some bytes. */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.length : end).toString("utf8");
}
