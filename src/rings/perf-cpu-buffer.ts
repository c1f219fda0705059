import { readSync } from "node:fs";
import { BpfError, SyscallError } from "../errors.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { closeFd, pageSize } from "../ffi/libc.ts";
import { MappedMemory } from "../ffi/mapped-memory.ts";
import type { PerfEventAttributes } from "../ffi/perf-event-attributes.ts";
import { ioctl, perfEventOpen } from "../ffi/system-calls.ts";

const SOFTWARE_EVENT = 1;
const BPF_OUTPUT = 10;
const SAMPLE_RAW = 1 << 10;
const FORMAT_LOST = 1 << 4;
const ENABLE = 0x2400n;
const DISABLE = 0x2401n;

/** Places in the first page, which tells how far the kernel has written and we have read. */
const HEAD = 1024;
const TAIL = 1032;

const RECORD_LOST = 2;
const RECORD_SAMPLE = 9;
/** Bytes before the samples of a record: its header, then the size of the raw data. */
const SAMPLE_DATA = 12;
const PUBLISH_EVERY = 256;

/** Who takes the records of a CPU's buffer. */
export interface RecordSink {
  sample(view: DataView, offset: number, size: number): void;
  lost(events: number): void;
  /** False to stop before the next record. */
  more(): boolean;
}

/** What is between two wake-ups of the reader: one of the two. */
export interface WakeUps {
  readonly events?: number;
  readonly bytes?: number;
}

/** The perf event and the shared memory of one CPU. */
export class CpuBuffer {
  readonly cpu: number;
  readonly fd: number;
  readonly #memory: MappedMemory;
  readonly #size: number;
  readonly #countsLost: boolean;
  #scratch = new DataView(new ArrayBuffer(0));
  #closed = false;

  private constructor(cpu: number, { fd, countsLost }: OpenEvent, memory: MappedMemory, size: number) {
    this.cpu = cpu;
    this.fd = fd;
    this.#countsLost = countsLost;
    this.#memory = memory;
    this.#size = size;
  }

  /** Undefined when the CPU is not online. */
  static open(cpu: number, pages: number, wakeUps: WakeUps): CpuBuffer | undefined {
    if (!Number.isInteger(Math.log2(pages))) {
      throw new BpfError("PERF_BUFFER", `${pages} pages: a perf buffer has a power of two of them`);
    }
    const event = openEvent(cpu, wakeUps);
    if (event === undefined) return undefined;
    const { fd } = event;
    try {
      const size = pages * pageSize();
      const memory = MappedMemory.map(fd, pageSize() + size, { writable: true });
      ioctl(fd, ENABLE, 0, "PERF_EVENT_IOC_ENABLE");
      return new CpuBuffer(cpu, event, memory, size);
    } catch (error) {
      closeFd(fd);
      throw error;
    }
  }

  /** Events that found no room, as the kernel counts them (since Linux 6.0); undefined where it does not. */
  lost(): number | undefined {
    if (!this.#countsLost) return undefined;
    const counts = new BigUint64Array(2); // That of the samples, which are not counted, and the lost ones.
    readSync(this.fd, counts);
    return Number(counts[1]);
  }

  /** Gives what is there now. */
  drain(sink: RecordSink): void {
    const memory = this.#memory;
    const head = memory.loadPosition(HEAD);
    let tail = memory.loadPosition(TAIL);
    let records = 0;
    try {
      while (tail < head && sink.more()) {
        const at = pageSize() + (tail % this.#size);
        const size = memory.view().getUint16(at + 6, true);
        if (size === 0) throw new BpfError("PERF_BUFFER", `the buffer of CPU ${this.cpu} is damaged`);
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

  #record(at: number, size: number, sink: RecordSink): void {
    const shared = this.#memory.view();
    const wrapped = at + size > pageSize() + this.#size;
    const view = wrapped ? this.#unwrap(at, size) : shared;
    const start = wrapped ? 0 : at;
    const type = view.getUint32(start, true);
    if (type === RECORD_SAMPLE) sink.sample(view, start + SAMPLE_DATA, view.getUint32(start + 8, true));
    else if (type === RECORD_LOST) sink.lost(Number(view.getBigUint64(start + 16, true)));
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

interface OpenEvent {
  readonly fd: number;
  /** Whether reading it tells how many samples found no room. */
  readonly countsLost: boolean;
}

/** Undefined when the CPU is not online. */
function openEvent(cpu: number, { events, bytes }: WakeUps): OpenEvent | undefined {
  const attributes = {
    type: SOFTWARE_EVENT,
    config: BPF_OUTPUT,
    period: 1,
    sampleType: SAMPLE_RAW,
    ...(events !== undefined && { wakeupEvents: events }),
    ...(bytes !== undefined && { wakeupBytes: bytes }),
  };
  try {
    return openCounting(attributes, cpu) ?? { fd: perfEventOpen(attributes, -1, cpu), countsLost: false };
  } catch (error) {
    if (error instanceof SyscallError && error.errno === ERRNO.ENODEV) return undefined;
    throw error;
  }
}

/** Undefined where the kernel does not know of such a count. */
function openCounting(attributes: PerfEventAttributes, cpu: number): OpenEvent | undefined {
  try {
    const fd = perfEventOpen({ ...attributes, readFormat: FORMAT_LOST }, -1, cpu);
    return { fd, countsLost: true };
  } catch (error) {
    if (error instanceof SyscallError && error.errno === ERRNO.EINVAL) return undefined;
    throw error;
  }
}
