import type { EventTag } from "./rings/record-decoder.ts";

/** How a ring or perf buffer is opened and read. */
export interface BufferOptions {
  /** Perf buffers: pages of each CPU's buffer, a power of two; 64 unless told. */
  readonly pages?: number;
  /** Perf buffers: events of a CPU between two wake-ups; 1 unless told. */
  readonly wakeupEvents?: number;
  /** Perf buffers: bytes of a CPU's buffer between two wake-ups, instead of events. */
  readonly wakeupBytes?: number;
  /**
   * Milliseconds that an event may wait for others before the reader is woken: what is traced is slowed less. 0
   * unless told; 20 for perf buffers whose wake-ups are sparse.
   */
  readonly maxLatencyMs?: number;
  /** The member by which events of several types are told apart where their sizes do not. */
  readonly tag?: EventTag;
}
