import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { type EventHandler, EventSource } from "./event-source.ts";
import { CpuBuffer } from "./perf-cpu-buffer.ts";
import { type RecordDecoder, type RecordOptions, recordDecoder } from "./record-decoder.ts";
import type { RingHandle } from "./ring-buffer.ts";

/** The size of a perf buffer, and how often it wakes its reader. */
export interface PerfBufferOptions<E> extends RecordOptions<E> {
  /** Memory pages of each CPU's buffer, a power of two; 64 unless told. */
  readonly pages?: number;
  /** Events between two wake-ups; 1 unless told. More cost the traced program less. */
  readonly wakeupEvents?: number;
}

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
  readonly #sparse: boolean;
  readonly #countLost: (() => number) | undefined;
  #counted = 0;
  #told = 0;

  constructor(handle: RingHandle, options: PerfBufferOptions<E> = {}) {
    super(handle.name);
    const { pages = 64, wakeupEvents = 1 } = options;
    this.#map = handle;
    this.#countLost = options.countLost;
    this.#sparse = wakeupEvents > 1;
    this.#decode = recordDecoder(handle.name, options.codec, paddedSize);
    this.#buffers = openBuffers(handle, pages, wakeupEvents);
    this.fds = this.#buffers.map((buffer) => buffer.fd);
  }

  /** As the program counts them, or else the kernel, which tells when there is room again. */
  get lost(): number {
    if (!this.closed && this.#countLost !== undefined) this.#counted = this.#countLost();
    return Math.max(this.#counted, this.#told);
  }

  /** Adds a handler that is called, as the events are read, with the number of those that got lost. */
  onLost(handler: (count: number, cpu: number) => void): void {
    this.#lostHandlers.push(handler);
  }

  protected override get sparseWakeUps(): boolean {
    return this.#sparse;
  }

  protected drain(emit: EventHandler<E>, limit: number): number {
    let count = 0;
    for (const buffer of this.#buffers) {
      if (this.closed) break;
      const { cpu } = buffer;
      buffer.drain({
        sample: (view, offset, size) => {
          count++;
          emit(this.#decode(view, offset, size), cpu);
        },
        lost: (events) => this.#tellLost(events, cpu),
        more: () => count < limit && !this.closed,
      });
    }
    return count;
  }

  protected release(): void {
    closeBuffers(this.#map, this.#buffers);
  }

  #tellLost(events: number, cpu: number): void {
    this.#told += events;
    for (const handler of this.#lostHandlers) handler(events, cpu);
  }
}

function openBuffers(map: RingHandle, pages: number, wakeupEvents: number): CpuBuffer[] {
  const buffers: CpuBuffer[] = [];
  try {
    const possible = checked("libbpf_num_possible_cpus", libbpf().libbpf_num_possible_cpus());
    for (let cpu = 0; cpu < Math.min(possible, map.maxEntries); cpu++) {
      const buffer = CpuBuffer.open(cpu, pages, wakeupEvents);
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
