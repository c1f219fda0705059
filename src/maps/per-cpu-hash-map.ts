import { perCpuCodec } from "../values/per-cpu-codec.ts";
import { HashMap } from "./hash-map.ts";
import type { MapHandle } from "./map-handle.ts";
import type { EntryCodecs } from "./map-memory.ts";
import { averageOf, largestOf, sumOf, sumsOf, totalOf } from "./per-cpu-sums.ts";
import { possibleCpus } from "./possible-cpus.ts";

/**
 * A hash map with a value for each CPU, given as an array by CPU number (since Linux 4.6).
 *
 * @example
 * for (const [pid, counts] of bpf.maps.perCpu) console.log(pid, counts);
 * for (const [pid, count] of bpf.maps.perCpu.sums()) console.log(pid, count);
 */
export class PerCpuHashMap<K, V> extends HashMap<K, V[]> {
  constructor(handle: MapHandle, { key, value }: EntryCodecs<K, V>, cpus: number = possibleCpus()) {
    super(handle, { key, value: perCpuCodec(value, cpus) });
  }

  /** The sum over all CPUs, structs member by member; undefined for a key that does not exist. */
  sum(key: K): V | undefined {
    return sumOf(this, key);
  }

  /** The largest value of a CPU, structs member by member. */
  max(key: K): V | undefined {
    return largestOf(this, key);
  }

  /** The sum over all possible CPUs divided by their number; of bigints without the fraction. */
  average(key: K): V | undefined {
    return averageOf(this, key);
  }

  /** The sums of all entries, read in chunks. */
  sums(): IterableIterator<[K, V]> {
    return sumsOf(this);
  }

  /** The sum over all entries and CPUs; undefined where there is no entry. */
  total(): V | undefined {
    return totalOf(this);
  }
}
