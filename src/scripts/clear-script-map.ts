import { libbpf } from "../ffi/libbpf.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import type { LoadedMap } from "../load/loaded-object.ts";
import { chunksOf, valueStride } from "./read-script-map.ts";

/** Removes all entries; a map of one value, which cannot lose it, forgets it. */
export function clearScriptMap(map: LoadedMap): void {
  if (map.typeName.includes("array")) {
    zeroScriptMap(map);
    return;
  }
  forEachKey(map, (key) => libbpf().bpf_map_delete_elem(map.fd, key));
}

/** Sets all values to zero. A map of one value says whether it was stored: with `flagged` it says so afterwards. */
export function zeroScriptMap(map: LoadedMap, flagged = false): void {
  const { stride, perCpu, cpus } = valueStride(map);
  const value = NativeBuffer.alloc(stride);
  // The word of the flag is a number that is not 0.
  for (let cpu = 0; flagged && cpu < cpus; cpu++) value.view.setUint32(cpu * perCpu, 1, true);
  // A key that was removed meanwhile needs no zero: only keys that exist are written.
  const flags = map.typeName.includes("array") ? 0n : 2n;
  forEachKey(map, (key) => libbpf().bpf_map_update_elem(map.fd, key, value.address, flags));
}

/** The keys are collected first: changing a map while it is walked may lead the walk in circles. */
function forEachKey(map: LoadedMap, action: (key: number) => number): void {
  const all: Uint8Array[] = [];
  for (const { keys, count } of chunksOf(map, valueStride(map).stride)) {
    for (let index = 0; index < count; index++) all.push(copy(keys, index * map.keySize, map.keySize));
  }
  const key = NativeBuffer.alloc(map.keySize);
  for (const bytes of all) {
    key.bytes.set(bytes);
    action(key.address);
  }
}

function copy(view: DataView, offset: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = view.getUint8(offset + index);
  return bytes;
}
