import { BpfError, ClosedError } from "../errors.ts";
import { checkedErrno } from "./errno.ts";
import { libc, pageSize } from "./libc.ts";
import { refAddon } from "./native-addons.ts";
import { NativeBuffer } from "./native-buffer.ts";
import { ReadOnlyDataView } from "./read-only-view.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;

/** ref-napi makes no longer buffers: it would give a shorter one without a word. */
const LONGEST = 0x3fff_ffff;

const POSITION_HIGH = 0x1_0000_0000;

/** Gives the address range of a mapping back once no view of it can exist any more. */
const unmapper = new FinalizationRegistry<{ address: number; length: number }>(({ address, length }) => {
  libc().munmap(address, length);
});

export interface MapOptions {
  /** Bytes, a multiple of the page size; 0 unless told. */
  readonly offset?: number;
  /** Maps the pages for writing too; false unless told. */
  readonly writable?: boolean;
}

/**
 * Memory that is shared with the kernel: a file descriptor's pages. Views stay safe after close(): the
 * pages are exchanged for empty ones at the same addresses, so an old view reads zeros. Of memory mapped
 * for reading only, there are only views that refuse to write, because the processor would end the
 * process at a write.
 */
export class MappedMemory {
  readonly length: number;
  readonly writable: boolean;
  readonly #address: number;
  // Undefined once closed.
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #words: Int32Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #positions: BigUint64Array<ArrayBuffer>;

  private constructor(address: number, length: number, writable: boolean) {
    this.#address = address;
    this.length = length;
    this.writable = writable;
    const bytes = bytesAt(address, length);
    // Registered for the ArrayBuffer: it lives as long as any view of it.
    unmapper.register(bytes.buffer, { address, length });
    this.#bytes = bytes;
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, length >> 2);
    this.#positions = new BigUint64Array(bytes.buffer, bytes.byteOffset, length >> 3);
    const View = writable ? DataView<ArrayBuffer> : ReadOnlyDataView;
    this.#view = new View(bytes.buffer, bytes.byteOffset, length);
  }

  /** Maps `length` bytes of a file descriptor, shared. Throws SyscallError. */
  static map(fd: number, length: number, options: MapOptions = {}): MappedMemory {
    const { offset = 0, writable = false } = options;
    if (length <= 0 || length > LONGEST) {
      throw new BpfError("MAP_LENGTH", `${length} bytes cannot be mapped at once, ${LONGEST} at the most`);
    }
    const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    const whole = Math.ceil(length / pageSize()) * pageSize();
    const address = checkedErrno("mmap", libc().mmap(0, whole, protection, MAP_SHARED, fd, offset));
    return new MappedMemory(address, whole, writable);
  }

  get closed(): boolean {
    return this.#bytes === undefined;
  }

  /** Where the pages are. */
  get address(): number {
    this.#open();
    return this.#address;
  }

  /** All bytes, of a writable mapping only: a byte array cannot refuse a write. See view() and copy(). */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = this.#open();
    if (!this.writable) {
      throw new BpfError("READ_ONLY", "memory mapped for reading has no byte array", {
        hint: "Read it with view() or copy().",
      });
    }
    return bytes;
  }

  /** A view of all bytes. Of memory mapped for reading, its set methods and its `buffer` throw. */
  view(): DataView<ArrayBuffer> {
    this.#open();
    return this.#view;
  }

  /** A copy of some bytes. */
  copy(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#open().slice(offset, offset + length);
  }

  /** Reads four bytes at a multiple of four, before whatever is read after it (load-acquire). */
  loadInt32(offset: number): number {
    if (this.#bytes === undefined) this.#open();
    return Atomics.load(this.#words, offset >> 2);
  }

  /** Reads eight bytes at a multiple of eight as a number exact below 2^53 (load-acquire). */
  loadPosition(offset: number): number {
    if (this.#bytes === undefined) this.#open();
    const words = this.#words;
    const index = offset >> 2;
    for (;;) {
      const high = Atomics.load(words, index + 1);
      const low = Atomics.load(words, index);
      // Two loads see two moments: right when the upper half did not change between them.
      if (high === Atomics.load(words, index + 1)) return (low >>> 0) + (high >>> 0) * POSITION_HIGH;
    }
  }

  /** Writes eight bytes at a multiple of eight, after whatever was read before it (store-release). */
  storePosition(offset: number, value: number): void {
    if (!this.writable) throw new BpfError("READ_ONLY", "memory mapped for reading cannot be written");
    if (this.#bytes === undefined) this.#open();
    Atomics.store(this.#positions, offset >> 3, BigInt(value));
  }

  /** Ends the mapping. May be called again. */
  close(): void {
    if (this.#bytes === undefined) return;
    const flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    checkedErrno("mmap", libc().mmap(this.#address, this.length, PROT_READ | PROT_WRITE, flags, -1, 0));
    this.#bytes = undefined;
    this.#words = new Int32Array(0);
    this.#positions = new BigUint64Array(0);
    this.#view = new DataView(new ArrayBuffer(0));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): Uint8Array<ArrayBuffer> {
    if (this.#bytes === undefined) throw new ClosedError("mapped memory");
    return this.#bytes;
  }
}

function bytesAt(address: number, length: number): Uint8Array<ArrayBuffer> {
  const slot = NativeBuffer.alloc(8);
  slot.setPointer(0, address);
  const buffer = refAddon().readPointer(Buffer.from(slot.bytes.buffer), 0, length);
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, length);
}
