import { pageSize } from "../ffi/libc.ts";
import { MappedMemory } from "../ffi/mapped-memory.ts";
import { eventDecoder } from "./event-decoder.ts";
import { type EventHandler, EventSource } from "./event-source.ts";
import type { RecordDecoder, RecordOptions, WakeUpOptions } from "./record-decoder.ts";

/** What is known of a ring that is in the kernel: what the loader gives. */
export interface RingHandle {
  readonly name: string;
  readonly fd: number;
  /** For a ring buffer its bytes, a power of two. */
  readonly maxEntries: number;
}

/** How a ring buffer is read; its size is what the C text or the option maxEntries of load() says. */
export interface RingBufferOptions<E> extends RecordOptions<E>, WakeUpOptions {}

/** Bits of a record's length. */
const BUSY = 0x8000_0000 | 0;
const DISCARDED = 0x4000_0000;
const LENGTH = 0x3fff_ffff;
const HEADER = 8;
/** Records between two publications of how far we have read: each costs the producer a cache miss. */
const PUBLISH_EVERY = 256;

/**
 * A BPF ring buffer (BPF_RINGBUF_OUTPUT), read in JavaScript from the memory that it shares with the
 * kernel (since Linux 5.8). Events of all CPUs come in the order in which they were reserved.
 *
 * @example
 * for await (const event of bpf.rings.events) console.log(event.pid, event.comm);
 */
export class RingBuffer<E = Uint8Array> extends EventSource<E> {
  readonly fds: readonly number[];
  readonly #size: number;
  readonly #consumer: MappedMemory;
  /** The producer's page, and the data twice in a row, so that no record is ever in two pieces. */
  readonly #producer: MappedMemory;
  readonly #decode: RecordDecoder<E>;
  readonly #countLost: (() => number) | undefined;
  /** How far we have read, from the beginning of time. */
  #position: number;
  #lost = 0;

  constructor(handle: RingHandle, options: RingBufferOptions<E> = {}) {
    super(handle.name, { gatherMs: options.maxLatencyMs ?? 0 });
    this.fds = [handle.fd];
    this.#size = handle.maxEntries;
    this.#decode = eventDecoder(handle.name, options);
    this.#countLost = options.countLost;
    const page = pageSize();
    this.#consumer = MappedMemory.map(handle.fd, page, { writable: true });
    this.#producer = MappedMemory.map(handle.fd, page + 2 * handle.maxEntries, { offset: page });
    this.#position = this.#consumer.loadPosition(0);
  }

  /** As the program counts them: the kernel does not. 0 where the program does not either. */
  get lost(): number {
    if (!this.closed && this.#countLost !== undefined) this.#lost = this.#countLost();
    return this.#lost;
  }

  protected drain(emit: EventHandler<E>, limit: number): number {
    const size = this.#size;
    const memory = this.#producer;
    const view = memory.view();
    const data = pageSize();
    const decode = this.#decode;
    const end = memory.loadPosition(0);
    let position = this.#position;
    // Never needs to be wrapped: there is at most one lap to read, and the data are there twice.
    let at = position % size;
    let count = 0;
    let unpublished = 0;
    try {
      while (position < end && count < limit && !this.closed) {
        const header = memory.loadInt32(data + at);
        if ((header & BUSY) !== 0) break;
        const length = header & LENGTH;
        const record = data + at + HEADER;
        const step = (length + HEADER + 7) & ~7;
        position += step;
        at += step;
        if ((header & DISCARDED) === 0) {
          count++;
          emit(decode(view, record, length), -1);
        }
        if (++unpublished === PUBLISH_EVERY) {
          unpublished = 0;
          this.#consumer.storePosition(0, position);
        }
      }
    } finally {
      this.#position = position;
      this.#consumer.storePosition(0, position);
    }
    return count;
  }

  protected release(): void {
    this.#consumer.close();
    this.#producer.close();
  }
}
