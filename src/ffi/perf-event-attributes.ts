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
  /** PERF_FORMAT_*: what read(2) tells. */
  readonly readFormat?: number;
  /** Samples between two wake-ups of the reader. */
  readonly wakeupEvents?: number;
  /** Bytes of samples between two wake-ups, instead. */
  readonly wakeupBytes?: number;
  /** It counts only once it is enabled. */
  readonly disabled?: boolean;
  /** Threads that begin later count, too. */
  readonly inherit?: boolean | undefined;
  readonly excludeUser?: boolean | undefined;
  readonly excludeKernel?: boolean | undefined;
  readonly excludeHypervisor?: boolean | undefined;
  readonly excludeIdle?: boolean | undefined;
  /** How near the instruction of a sample must be to what caused it: 0 to 3. */
  readonly preciseIp?: number | undefined;
  /** HW_BREAKPOINT_*: reads 1, writes 2, instructions 4. */
  readonly breakpointType?: number | undefined;
  /** Of a breakpoint its address. */
  readonly config1?: number | bigint | undefined;
  /** Of a breakpoint its length. */
  readonly config2?: number | bigint | undefined;
  /** Records what processes map as code, that they fork, call exec and end; each record with its time. */
  readonly recordsProcesses?: boolean | undefined;
  /** CLOCK_*: of the times of records. */
  readonly clock?: number | undefined;
  /** PERF_SAMPLE_BRANCH_*: which branches the processor is to note. */
  readonly branchSampleType?: number | undefined;
}

/** The size of the struct as of Linux 4.1. */
const BYTES = 112;
const DISABLED = 1;
const FREQUENCY = 1 << 10;
const WATERMARK = 1 << 14;
/** mmap, comm, task, sample_id_all, mmap2. */
const PROCESSES = (1 << 8) | (1 << 9) | (1 << 13) | (1 << 18) | (1 << 23);
const OWN_CLOCK = 1 << 25;

function filterFlags(attributes: PerfEventAttributes): number {
  const { inherit, excludeUser, excludeKernel, excludeHypervisor, excludeIdle, preciseIp = 0 } = attributes;
  const bit = (is: boolean | undefined, number: number) => (is ? 1 << number : 0);
  const excluded =
    bit(excludeUser, 4) | bit(excludeKernel, 5) | bit(excludeHypervisor, 6) | bit(excludeIdle, 7);
  const records =
    (attributes.recordsProcesses ? PROCESSES : 0) | (attributes.clock === undefined ? 0 : OWN_CLOCK);
  return bit(inherit, 1) | excluded | ((preciseIp & 3) << 15) | records;
}

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
  memory.setPointer(32, attributes.readFormat ?? 0);
  const watermark = wakeupBytes === undefined ? 0 : WATERMARK;
  const flags = (disabled ? DISABLED : 0) | (frequency ? FREQUENCY : 0) | watermark | filterFlags(attributes);
  view.setUint32(40, flags, true);
  view.setUint32(52, attributes.breakpointType ?? 0, true);
  view.setBigUint64(56, BigInt(attributes.config1 ?? 0), true);
  view.setBigUint64(64, BigInt(attributes.config2 ?? 0), true);
  memory.setPointer(72, attributes.branchSampleType ?? 0);
  view.setInt32(92, attributes.clock ?? 0, true);
  view.setUint32(48, wakeupBytes ?? wakeupEvents ?? 0, true);
  return memory;
}
