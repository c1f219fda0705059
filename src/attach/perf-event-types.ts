/** The kinds of perf events, as bcc's PerfType: `type` of attachPerfEvent. */
export const PerfType = {
  HARDWARE: 0,
  SOFTWARE: 1,
  TRACEPOINT: 2,
  HW_CACHE: 3,
  RAW: 4,
  BREAKPOINT: 5,
} as const;

/** Events that the processor counts, as bcc's PerfHWConfig: `config` of attachPerfEvent. */
export const PerfHWConfig = {
  CPU_CYCLES: 0,
  INSTRUCTIONS: 1,
  CACHE_REFERENCES: 2,
  CACHE_MISSES: 3,
  BRANCH_INSTRUCTIONS: 4,
  BRANCH_MISSES: 5,
  BUS_CYCLES: 6,
  STALLED_CYCLES_FRONTEND: 7,
  STALLED_CYCLES_BACKEND: 8,
  REF_CPU_CYCLES: 9,
} as const;

/** Events that the kernel counts, as bcc's PerfSWConfig: `config` of attachPerfEvent. */
export const PerfSWConfig = {
  CPU_CLOCK: 0,
  TASK_CLOCK: 1,
  PAGE_FAULTS: 2,
  CONTEXT_SWITCHES: 3,
  CPU_MIGRATIONS: 4,
  PAGE_FAULTS_MIN: 5,
  PAGE_FAULTS_MAJ: 6,
  ALIGNMENT_FAULTS: 7,
  EMULATION_FAULTS: 8,
  DUMMY: 9,
} as const;

/** "software:cpu-clock", "hardware:cpu-cycles", "raw:0x3c" */
export function perfEventName(type: number, config: number): string {
  const kind = nameOf(PerfType, type) ?? `type ${type}`;
  const names = type === PerfType.HARDWARE ? PerfHWConfig : type === PerfType.SOFTWARE ? PerfSWConfig : {};
  return `${kind}:${nameOf(names, config) ?? `0x${config.toString(16)}`}`;
}

function nameOf(names: Readonly<Record<string, number>>, wanted: number): string | undefined {
  const name = Object.entries(names).find(([, number]) => number === wanted)?.[0];
  return name?.toLowerCase().replaceAll("_", "-");
}
