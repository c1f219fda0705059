import type { Btf } from "../btf/btf.ts";
import { BpfError, UnsupportedError } from "../errors.ts";
import type { Codec } from "../values/codec.ts";
import { bytesCodec, codecFor } from "../values/compile-codec.ts";
import { ArrayMap } from "./array-map.ts";
import { declaredTypes } from "./declared-types.ts";
import { HashMap } from "./hash-map.ts";
import { LruHashMap } from "./lru-hash-map.ts";
import { MAP_TYPE, type MapHandle } from "./map-handle.ts";
import { PerCpuArrayMap } from "./per-cpu-array-map.ts";
import { PerCpuHashMap } from "./per-cpu-hash-map.ts";
import { QueueMap } from "./queue-map.ts";
import { StackTraceMap } from "./stack-trace-map.ts";

/** A map of a kind and of types that are known at run time only. */
export type AnyMap =
  | HashMap<unknown, unknown>
  | ArrayMap<unknown>
  | PerCpuHashMap<unknown, unknown>
  | PerCpuArrayMap<unknown>
  | StackTraceMap
  | QueueMap<unknown>;

/**
 * The object for a loaded map, by the kernel's kind of map; keys and values as `btf`, the types of the
 * object that declared the map, describes them (as bytes where it does not). Throws UnsupportedError for
 * kinds that have no class, among them rings.
 */
export function createMap(handle: MapHandle, btf: Btf): AnyMap {
  const types = declaredTypes(btf, handle);
  const value = () => codecOrBytes(btf, handle, types.value, handle.valueSize, "value");
  const codecs = () => ({
    key: codecOrBytes(btf, handle, types.key, handle.keySize, "key"),
    value: value(),
  });
  switch (handle.type) {
    case MAP_TYPE.hash:
    case MAP_TYPE.lpmTrie:
      return new HashMap(handle, codecs());
    case MAP_TYPE.lruHash:
      return new LruHashMap(handle, codecs());
    case MAP_TYPE.array:
      return new ArrayMap(handle, value());
    case MAP_TYPE.perCpuHash:
    case MAP_TYPE.lruPerCpuHash:
      return new PerCpuHashMap(handle, codecs());
    case MAP_TYPE.perCpuArray:
      return new PerCpuArrayMap(handle, value());
    case MAP_TYPE.stackTrace:
      return new StackTraceMap(handle);
    case MAP_TYPE.queue:
    case MAP_TYPE.stack:
      return new QueueMap(handle, value());
    default:
      throw new UnsupportedError(
        "map kind",
        `map ${handle.name}: kind ${handle.type} has no keys and values`,
        {
          hint: "Rings are read with RingBuffer and PerfBuffer.",
        },
      );
  }
}

function codecOrBytes(btf: Btf, map: MapHandle, id: number, size: number, what: string): Codec<unknown> {
  if (id === 0) return bytesCodec(size) as Codec<unknown>;
  const codec = codecFor(btf, id);
  if (codec.size !== size) {
    const sizes = `${codec.size} bytes, and the map's ${what}s have ${size}`;
    throw new BpfError("MAP", `map ${map.name}: ${codec.typeName} has ${sizes}`, {
      hint: "The map is another one than the object declares; was it pinned by an older program?",
    });
  }
  return codec;
}
