import { perCpuCodec } from "../values/per-cpu-codec.ts";
import { HashMap } from "./hash-map.ts";
import type { MapHandle } from "./map-handle.ts";
import type { EntryCodecs } from "./map-memory.ts";
import { possibleCpus } from "./possible-cpus.ts";

/**
 * A hash map with a value for each CPU, given as an array by CPU number (since Linux 4.6).
 *
 * @example
 * for (const [pid, counts] of bpf.maps.perCpu) console.log(pid, counts.reduce((sum, count) => sum + count, 0n));
 */
export class PerCpuHashMap<K, V> extends HashMap<K, V[]> {
  constructor(handle: MapHandle, { key, value }: EntryCodecs<K, V>, cpus: number = possibleCpus()) {
    super(handle, { key, value: perCpuCodec(value, cpus) });
  }
}
