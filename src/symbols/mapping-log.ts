import type { ElfImage } from "../btf/elf-image.ts";
import { SyscallError } from "../errors.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { PerfRecords } from "../ffi/perf-records.ts";
import { perfEventOpen } from "../ffi/system-calls.ts";
import { onlineCpus } from "../kernel/cpus.ts";
import type { Mapping } from "../kernel/process-maps.ts";
import { KeptImages } from "./kept-images.ts";
import { type ProcessRecord, processRecord } from "./mapping-records.ts";
import { type RecordedProcess, RecordedProcesses } from "./recorded-processes.ts";

const SOFTWARE_EVENT = 1;
/** Counts nothing. */
const DUMMY = 9;
const SAMPLE_TIME = 1 << 2;
const CLOCK_MONOTONIC = 1;

/** Memory pages of each CPU's records, fewer where there are many CPUs. */
const PAGES = 64;
const FEW_PAGES = 16;
const MANY_CPUS = 32;
const EVERY_MS = 50;

const open = new Set<MappingLog>();

/**
 * Records what processes map as code while it is mapped, by perf events of the kernel, so that addresses have names
 * when the process has ended. Of one process and all that come from it, or of all on this machine.
 */
export class MappingLog implements Disposable {
  readonly #records: readonly PerfRecords[];
  readonly #processes = new RecordedProcesses();
  readonly images = new KeptImages();
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  private constructor(records: readonly PerfRecords[]) {
    this.#records = records;
    open.add(this);
    this.#timer = setInterval(() => this.update(), EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Begins. `pid`: a process that has one thread yet; all processes unless told. Requires Linux 4.1.
   *
   * @throws PermissionError without CAP_PERFMON; SyscallError
   */
  static open(pid?: number): MappingLog {
    const records: PerfRecords[] = [];
    const cpus = onlineCpus();
    const pages = cpus.length > MANY_CPUS ? FEW_PAGES : PAGES;
    try {
      for (const cpu of cpus) {
        const fd = openEvent(pid, cpu);
        if (fd !== undefined) records.push(new PerfRecords(fd, pages, `mappings on CPU ${cpu}`));
      }
      return new MappingLog(records);
    } catch (error) {
      for (const each of records) each.close();
      throw error;
    }
  }

  /** What is known of a process, with what happened until now. */
  get(pid: number): RecordedProcess | undefined {
    this.update();
    return this.#processes.get(pid);
  }

  /** Takes what the kernel has recorded since. */
  update(): void {
    if (this.#closed) return;
    const news: ProcessRecord[] = [];
    const sink = {
      record(type: number, view: DataView, start: number, size: number) {
        const record = processRecord(type, view, start, size);
        if (record !== undefined) news.push(record);
      },
      more: () => true,
    };
    for (const each of this.#records) each.drain(sink);
    // A process that forks on one CPU may map on the next one.
    news.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    for (const record of news) this.#processes.apply(record);
    for (const record of news) this.images.see(record, this.#processes.get(record.pid)?.parent);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    open.delete(this);
    clearInterval(this.#timer);
    for (const each of this.#records) each.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Undefined when the CPU has gone since. */
function openEvent(pid: number | undefined, cpu: number): number | undefined {
  const attributes = {
    type: SOFTWARE_EVENT,
    config: DUMMY,
    period: 0,
    sampleType: SAMPLE_TIME,
    clock: CLOCK_MONOTONIC,
    // The kernel gives nobody the memory of an event that is inherited unless it is of one CPU.
    inherit: pid !== undefined,
    excludeKernel: true,
    recordsProcesses: true,
  };
  try {
    return perfEventOpen(attributes, pid ?? -1, cpu);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === ERRNO.ENODEV) return undefined;
    throw error;
  }
}

/** What any open log knows of a process. */
export function recordedProcess(pid: number): RecordedProcess | undefined {
  for (const log of open) {
    const found = log.get(pid);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The symbols of a file that is out of reach, where an open log has kept them. */
export function keptImage(mapping: Mapping): ElfImage | undefined {
  for (const { images } of open) {
    const found = images.get(mapping);
    if (found !== undefined) return found;
  }
  return undefined;
}
