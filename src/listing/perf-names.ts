/** Events that processors count, and that the kernel counts, as perf_event_open(2) has them. */
export const HARDWARE_EVENTS = [
  "backend-stalls",
  "branch-instructions",
  "branch-misses",
  "bus-cycles",
  "cache-misses",
  "cache-references",
  "cpu-cycles",
  "frontend-stalls",
  "instructions",
  "ref-cycles",
];

export const SOFTWARE_EVENTS = [
  "alignment-faults",
  "bpf-output",
  "context-switches",
  "cpu-clock",
  "cpu-migrations",
  "dummy",
  "emulation-faults",
  "major-faults",
  "minor-faults",
  "page-faults",
  "task-clock",
];
