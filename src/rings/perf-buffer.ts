import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { pageSize } from "../ffi/libc.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { eventDecoder } from "./event-decoder.ts";
import { type EventHandler, EventSource } from "./event-source.ts";
import {
  CpuBuffer,
  LOST_EVENTS,
  RECORD_LOST,
  RECORD_SAMPLE,
  SAMPLE_DATA,
  SAMPLE_SIZE,
  type WakeUps,
} from "./perf-cpu-buffer.ts";
import type { RecordDecoder, RecordOptions, WakeUpOptions } from "./record-decoder.ts";
import type { RingHandle } from "./ring-buffer.ts";

/** The size of a perf buffer, and how often it wakes its reader. */
export interface PerfBufferOptions<E> extends RecordOptions<E>, WakeUpOptions {
  /** Memory pages of each CPU's buffer, a power of two; 64 unless told. */
  readonly pages?: number | undefined;
  /** Events of a CPU between two wake-ups; 1 unless told. More cost the traced program less. */
  readonly wakeupEvents?: number | undefined;
  /** Bytes of a CPU's buffer between two wake-ups, instead of events. */
  readonly wakeupBytes?: number | undefined;
}

/** Milliseconds after which what woke nobody is looked for, unless told. */
const FLUSH = 20;

/** Bytes of a raw sample: its size field and itself fill whole words of eight bytes. */
const paddedSize = (size: number): number => Math.ceil((size + 4) / 8) * 8 - 4;

/**
 * A perf buffer (BPF_PERF_OUTPUT): one ring for each online CPU (since Linux 4.4). Events of one CPU are
 * in order, those of several CPUs are not. The kernel counts those that did not fit: see `lost`.
 *
 * @example
 * bpf.rings.samples.on((event, cpu) => console.log(cpu, event.comm));
 * bpf.rings.samples.poll(100); // blocks for up to 100 ms; `for await` waits without blocking
 */
export class PerfBuffer<E = Uint8Array> extends EventSource<E> {
  readonly fds: readonly number[];
  readonly #map: RingHandle;
  readonly #buffers: readonly CpuBuffer[];
  readonly #decode: RecordDecoder<E>;
  readonly #lostHandlers: ((count: number, cpu: number) => void)[] = [];
  readonly #countLost: (() => number) | undefined;
  #begin = 0;
  #counted = 0;
  #told = 0;

  constructor(handle: RingHandle, options: PerfBufferOptions<E> = {}) {
    const { pages = 64 } = options;
    const wakeUps = wakeUpsOf(options, pages);
    const flushMs = isSparse(wakeUps) ? (options.maxLatencyMs ?? FLUSH) : undefined;
    super(handle.name, { flushMs, tellsOnce: true });
    this.#map = handle;
    this.#countLost = options.countLost;
    this.#decode = eventDecoder(handle.name, options, paddedSize);
    this.#buffers = openBuffers(handle, pages, wakeUps);
    this.fds = this.#buffers.map((buffer) => buffer.fd);
  }

  /**
   * Since Linux 6.0 the kernel counts those that found no room, and the program those that did not get to a buffer, as
   * from a CPU that came later; before, the program counts both, or they are told when there is room again.
   */
  get lost(): number {
    if (!this.closed) this.#counted = (this.#countLost?.() ?? 0) + this.#countByKernel();
    return Math.max(this.#counted, this.#told);
  }

  /** Adds a handler that is called, as the events are read, with the number of those that got lost. */
  onLost(handler: (count: number, cpu: number) => void): void {
    this.#lostHandlers.push(handler);
  }

  protected drain(emit: EventHandler<E>, limit: number): number {
    let count = 0;
    // Begins with another CPU each time: a flood on one must not keep the others from being read.
    const begin = this.#begin++;
    for (let at = 0; at < this.#buffers.length; at++) {
      const buffer = this.#buffers[(begin + at) % this.#buffers.length];
      if (buffer === undefined || this.closed) break;
      const { cpu } = buffer;
      buffer.drain({
        record: (type, view, start) => {
          if (type === RECORD_SAMPLE) {
            count++;
            emit(this.#decode(view, start + SAMPLE_DATA, view.getUint32(start + SAMPLE_SIZE, true)), cpu);
          } else if (type === RECORD_LOST) {
            this.#tellLost(Number(view.getBigUint64(start + LOST_EVENTS, true)), cpu);
          }
        },
        more: () => count < limit && !this.closed,
      });
    }
    return count;
  }

  protected release(): void {
    closeBuffers(this.#map, this.#buffers);
  }

  #countByKernel(): number {
    return this.#buffers.reduce((sum, buffer) => sum + (buffer.lost() ?? 0), 0);
  }

  #tellLost(events: number, cpu: number): void {
    this.#told += events;
    for (const handler of this.#lostHandlers) handler(events, cpu);
  }
}

/** Where events may be late, as few wake-ups as the size of the buffer permits. */
function wakeUpsOf(
  { wakeupEvents, wakeupBytes, maxLatencyMs }: Omit<PerfBufferOptions<unknown>, keyof RecordOptions<unknown>>,
  pages: number,
): WakeUps {
  if (wakeupBytes !== undefined) return { bytes: wakeupBytes };
  if (wakeupEvents === undefined && maxLatencyMs !== undefined && maxLatencyMs > 0) {
    return { bytes: (pages * pageSize()) / 4 };
  }
  return { events: wakeupEvents ?? 1 };
}

function isSparse({ events, bytes }: WakeUps): boolean {
  return bytes !== undefined || (events ?? 1) > 1;
}

function openBuffers(map: RingHandle, pages: number, wakeUps: WakeUps): CpuBuffer[] {
  const buffers: CpuBuffer[] = [];
  try {
    const possible = checked("libbpf_num_possible_cpus", libbpf().libbpf_num_possible_cpus());
    for (let cpu = 0; cpu < Math.min(possible, map.maxEntries); cpu++) {
      const buffer = CpuBuffer.open(cpu, pages, wakeUps);
      if (buffer === undefined) continue;
      buffers.push(buffer);
      const [key, value] = [word(cpu), word(buffer.fd)];
      checked("bpf_map_update_elem", libbpf().bpf_map_update_elem(map.fd, key.address, value.address, 0n));
    }
    return buffers;
  } catch (error) {
    closeBuffers(map, buffers);
    throw error;
  }
}

function closeBuffers(map: RingHandle, buffers: readonly CpuBuffer[]): void {
  for (const buffer of buffers) {
    const key = word(buffer.cpu);
    // The map may be closed already, and then the kernel has dropped the entry itself.
    libbpf().bpf_map_delete_elem(map.fd, key.address);
    buffer.close();
  }
}

function word(value: number): NativeBuffer {
  const buffer = NativeBuffer.alloc(4);
  buffer.view.setInt32(0, value, true);
  return buffer;
}
