import type { Codec } from "../values/codec.ts";
import { perCpuCodec } from "../values/per-cpu-codec.ts";
import { ArrayMap } from "./array-map.ts";
import type { MapHandle } from "./map-handle.ts";
import { averageOf, largestOf, sumOf, sumsOf, totalOf } from "./per-cpu-sums.ts";
import { possibleCpus } from "./possible-cpus.ts";

/**
 * An array with a value for each CPU, given as an array by CPU number (since Linux 4.6).
 *
 * @example
 * bpf.maps.perCpuSlots.get(0); // bigint[], one for each CPU
 * bpf.maps.perCpuSlots.sum(0); // bigint | undefined
 */
export class PerCpuArrayMap<V> extends ArrayMap<V[]> {
  constructor(handle: MapHandle, value: Codec<V>, cpus: number = possibleCpus()) {
    super(handle, perCpuCodec(value, cpus));
  }

  /** The sum over all CPUs, structs member by member; undefined for an index outside of the array. */
  sum(key: number): V | undefined {
    return sumOf(this, key);
  }

  /** The largest value of a CPU, structs member by member. */
  max(key: number): V | undefined {
    return largestOf(this, key);
  }

  /** The sum over all possible CPUs divided by their number; of bigints without the fraction. */
  average(key: number): V | undefined {
    return averageOf(this, key);
  }

  /** The sums of all entries, read in chunks. */
  sums(): IterableIterator<[number, V]> {
    return sumsOf(this);
  }

  /** The sum over all entries and CPUs; undefined where there is no entry. */
  total(): V | undefined {
    return totalOf(this);
  }
}
