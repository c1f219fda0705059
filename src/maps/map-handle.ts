/** What is known of a map that is in the kernel: what the loader gives. */
export interface MapHandle {
  readonly name: string;
  readonly fd: number;
  /** The kernel's number of the kind of map; see MAP_TYPE. */
  readonly type: number;
  /** Bytes. */
  readonly keySize: number;
  /** Bytes, of one CPU's value. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_* as the map was made with; none unless told. */
  readonly flags?: number;
  /** Ids in the BTF of the object that declared the map, 0 when it says none. */
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

/** The kernel's numbers (enum bpf_map_type) of the kinds of map that have a class here. */
export const MAP_TYPE = {
  hash: 1,
  array: 2,
  perCpuHash: 5,
  perCpuArray: 6,
  stackTrace: 7,
  lruHash: 9,
  lruPerCpuHash: 10,
  lpmTrie: 11,
  queue: 22,
  stack: 23,
  ringBuffer: 27,
} as const;
