import { NativeBuffer } from "./native-buffer.ts";

/** What a perf event counts, and when it tells: the part of struct perf_event_attr that we use. */
export interface PerfEventAttributes {
  /** PERF_TYPE_*. */
  readonly type: number;
  /** Which event of the type. */
  readonly config: number;
  /** Events between two samples; with `frequency` samples a second. */
  readonly period: number;
  readonly frequency?: boolean;
  /** PERF_SAMPLE_*: what a sample holds. */
  readonly sampleType?: number;
  /** Samples between two wake-ups of the reader. */
  readonly wakeupEvents?: number;
  /** Bytes of samples between two wake-ups, instead. */
  readonly wakeupBytes?: number;
  /** It counts only once it is enabled. */
  readonly disabled?: boolean;
}

/** The size of the struct as of Linux 4.1. */
const BYTES = 112;
const DISABLED = 1;
const FREQUENCY = 1 << 10;
const WATERMARK = 1 << 14;

/** The struct in memory. */
export function encodePerfEvent(attributes: PerfEventAttributes): NativeBuffer {
  const { type, config, period, frequency, sampleType, wakeupEvents, wakeupBytes, disabled } = attributes;
  const memory = NativeBuffer.alloc(BYTES);
  const { view } = memory;
  view.setUint32(0, type, true);
  view.setUint32(4, BYTES, true);
  memory.setPointer(8, config);
  memory.setPointer(16, period);
  memory.setPointer(24, sampleType ?? 0);
  const watermark = wakeupBytes === undefined ? 0 : WATERMARK;
  view.setUint32(40, (disabled ? DISABLED : 0) | (frequency ? FREQUENCY : 0) | watermark, true);
  view.setUint32(48, wakeupBytes ?? wakeupEvents ?? 0, true);
  return memory;
}
