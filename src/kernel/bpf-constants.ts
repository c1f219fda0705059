/** enum bpf_prog_type: the kinds that trace. */
export const PROGRAM_TYPE = {
  socketFilter: 1,
  kprobe: 2,
  classifier: 3,
  tracepoint: 5,
  xdp: 6,
  perfEvent: 7,
  rawTracepoint: 17,
  rawTracepointWritable: 24,
  tracing: 26,
  lsm: 29,
} as const;

/** enum bpf_map_type. */
export const MAP_TYPE = {
  hash: 1,
  array: 2,
  prog_array: 3,
  perf_event_array: 4,
  percpu_hash: 5,
  percpu_array: 6,
  stack_trace: 7,
  cgroup_array: 8,
  lru_hash: 9,
  lru_percpu_hash: 10,
  lpm_trie: 11,
  array_of_maps: 12,
  hash_of_maps: 13,
  devmap: 14,
  sockmap: 15,
  cpumap: 16,
  xskmap: 17,
  sockhash: 18,
  cgroup_storage: 19,
  reuseport_sockarray: 20,
  percpu_cgroup_storage: 21,
  queue: 22,
  stack: 23,
  sk_storage: 24,
  devmap_hash: 25,
  struct_ops: 26,
  ringbuf: 27,
  inode_storage: 28,
  task_storage: 29,
  bloom_filter: 30,
  user_ringbuf: 31,
  cgrp_storage: 32,
  arena: 33,
} as const;

export type MapTypeName = keyof typeof MAP_TYPE;

const MAP_NAMES: ReadonlyMap<number, MapTypeName> = new Map(
  Object.entries(MAP_TYPE).map(([name, number]) => [number, name as MapTypeName]),
);

/** The name of a map type, "type 99" for one that is not known. */
export function mapTypeName(type: number): string {
  return MAP_NAMES.get(type) ?? `type ${type}`;
}

/** enum bpf_attach_type. */
export const ATTACH_TYPE = {
  traceFentry: 24,
  modifyReturn: 26,
  lsmMac: 27,
  traceIter: 28,
  xdp: 37,
  perfEvent: 41,
  kprobeMulti: 42,
  tcxIngress: 46,
  tcxEgress: 47,
} as const;

/** enum bpf_func_id: helpers whose absence is worth a report. */
export const HELPER = {
  probe_read_kernel: 113,
  ringbuf_output: 130,
  get_attach_cookie: 174,
} as const;
