import type { Codec } from "../values/codec.ts";
import { perCpuCodec } from "../values/per-cpu-codec.ts";
import { ArrayMap } from "./array-map.ts";
import type { MapHandle } from "./map-handle.ts";
import { possibleCpus } from "./possible-cpus.ts";

/**
 * An array with a value for each CPU, given as an array by CPU number (since Linux 4.6).
 *
 * @example
 * const total = bpf.maps.perCpuSlots.get(0)?.reduce((sum, count) => sum + count, 0n) ?? 0n;
 */
export class PerCpuArrayMap<V> extends ArrayMap<V[]> {
  constructor(handle: MapHandle, value: Codec<V>, cpus: number = possibleCpus()) {
    super(handle, perCpuCodec(value, cpus));
  }
}
