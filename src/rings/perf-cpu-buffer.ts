import { readSync } from "node:fs";
import { BpfError, SyscallError } from "../errors.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import type { PerfEventAttributes } from "../ffi/perf-event-attributes.ts";
import { type PerfRecordSink, PerfRecords } from "../ffi/perf-records.ts";
import { perfEventOpen } from "../ffi/system-calls.ts";

const SOFTWARE_EVENT = 1;
const BPF_OUTPUT = 10;
const SAMPLE_RAW = 1 << 10;
const FORMAT_LOST = 1 << 4;

/** A record that says how many events were lost: a u64 at LOST_EVENTS. */
export const RECORD_LOST = 2;
export const LOST_EVENTS = 16;
/** A record that is an event: a u32 with the size of its data, which comes next. */
export const RECORD_SAMPLE = 9;
export const SAMPLE_SIZE = 8;
export const SAMPLE_DATA = 12;

/** What is between two wake-ups of the reader: one of the two. */
export interface WakeUps {
  readonly events?: number;
  readonly bytes?: number;
}

/** The perf event and the shared memory of one CPU. */
export class CpuBuffer {
  readonly cpu: number;
  readonly #records: PerfRecords;
  readonly #countsLost: boolean;

  private constructor(cpu: number, records: PerfRecords, countsLost: boolean) {
    this.cpu = cpu;
    this.#records = records;
    this.#countsLost = countsLost;
  }

  /** Undefined when the CPU is not online. */
  static open(cpu: number, pages: number, wakeUps: WakeUps): CpuBuffer | undefined {
    if (!Number.isInteger(Math.log2(pages))) {
      throw new BpfError("PERF_BUFFER", `${pages} pages: a perf buffer has a power of two of them`);
    }
    const event = openEvent(cpu, wakeUps);
    if (event === undefined) return undefined;
    return new CpuBuffer(cpu, new PerfRecords(event.fd, pages, `CPU ${cpu}`), event.countsLost);
  }

  get fd(): number {
    return this.#records.fd;
  }

  /** Events that found no room, as the kernel counts them (since Linux 6.0); undefined where it does not. */
  lost(): number | undefined {
    if (!this.#countsLost) return undefined;
    const counts = new BigUint64Array(2); // That of the samples, which are not counted, and the lost ones.
    readSync(this.fd, counts);
    return Number(counts[1]);
  }

  /** Gives what is there now. */
  drain(sink: PerfRecordSink): void {
    this.#records.drain(sink);
  }

  close(): void {
    this.#records.close();
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
