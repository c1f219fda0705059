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
  programArray: 3,
  perfEventArray: 4,
  perCpuHash: 5,
  perCpuArray: 6,
  stackTrace: 7,
  cgroupArray: 8,
  lruHash: 9,
  lruPerCpuHash: 10,
  lpmTrie: 11,
  arrayOfMaps: 12,
  hashOfMaps: 13,
  devices: 14,
  sockets: 15,
  cpus: 16,
  xdpSockets: 17,
  socketHash: 18,
  cgroupStorage: 19,
  perCpuCgroupStorage: 21,
  queue: 22,
  stack: 23,
  socketStorage: 24,
  devicesHash: 25,
  ringBuffer: 27,
  inodeStorage: 28,
  taskStorage: 29,
} as const;
