import { BpfError } from "../errors.ts";
import { closeFd, pageSize } from "./libc.ts";
import { MappedMemory } from "./mapped-memory.ts";
import { ioctl } from "./system-calls.ts";

const ENABLE = 0x2400n;
const DISABLE = 0x2401n;

/** Places in the first page, which tells how far the kernel has written and we have read. */
const HEAD = 1024;
const TAIL = 1032;

const PUBLISH_EVERY = 256;

/** Who takes the records of a perf event. */
export interface PerfRecordSink {
  /** A record from its header on: u32 type, u16 flags, u16 size. The view is valid during the call. */
  record(type: number, view: DataView, start: number, size: number): void;
  /** False to stop before the next record. */
  readonly more: () => boolean;
}

/** The records that the kernel writes for a perf event into memory that it shares with us. */
export class PerfRecords {
  readonly fd: number;
  readonly #memory: MappedMemory;
  readonly #size: number;
  readonly #what: string;
  #scratch = new DataView(new ArrayBuffer(0));
  #closed = false;

  /**
   * Of an event that was opened; its descriptor is closed with this, and when this fails. `pages` is a power of two, `what` says in
   * messages whose records they are.
   */
  constructor(fd: number, pages: number, what: string) {
    this.fd = fd;
    this.#what = what;
    this.#size = pages * pageSize();
    try {
      this.#memory = MappedMemory.map(fd, pageSize() + this.#size, { writable: true });
      ioctl(fd, ENABLE, 0, "PERF_EVENT_IOC_ENABLE");
    } catch (error) {
      closeFd(fd);
      throw error;
    }
  }

  /** Gives what is there now. */
  drain(sink: PerfRecordSink): void {
    const memory = this.#memory;
    const head = memory.loadPosition(HEAD);
    let tail = memory.loadPosition(TAIL);
    let records = 0;
    try {
      while (tail < head && sink.more()) {
        const at = pageSize() + (tail % this.#size);
        const size = memory.view().getUint16(at + 6, true);
        if (size === 0) throw new BpfError("PERF_BUFFER", `the buffer of ${this.#what} is damaged`);
        tail += size;
        this.#record(at, size, sink);
        if (++records % PUBLISH_EVERY === 0) memory.storePosition(TAIL, tail);
      }
    } finally {
      memory.storePosition(TAIL, tail);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    ioctl(this.fd, DISABLE, 0, "PERF_EVENT_IOC_DISABLE");
    this.#memory.close();
    closeFd(this.fd);
  }

  #record(at: number, size: number, sink: PerfRecordSink): void {
    const shared = this.#memory.view();
    const wrapped = at + size > pageSize() + this.#size;
    const view = wrapped ? this.#unwrap(at, size) : shared;
    const start = wrapped ? 0 : at;
    sink.record(view.getUint32(start, true), view, start, size);
  }

  /** A copy in one piece of a record that begins at the end of the buffer and ends at its start. */
  #unwrap(at: number, size: number): DataView {
    if (this.#scratch.byteLength < size) this.#scratch = new DataView(new ArrayBuffer(size * 2));
    const bytes = this.#memory.bytes();
    const target = new Uint8Array(this.#scratch.buffer);
    const atEnd = pageSize() + this.#size - at;
    target.set(bytes.subarray(at, at + atEnd));
    target.set(bytes.subarray(pageSize(), pageSize() + size - atEnd), atEnd);
    return this.#scratch;
  }
}
