import type { Btf } from "../btf/btf.ts";
import { BpfError, UnsupportedError } from "../errors.ts";
import type { Codec } from "../values/codec.ts";
import { bytesCodec, codecFor } from "../values/compile-codec.ts";
import { ArrayMap } from "./array-map.ts";
import { BuildIdStackMap } from "./build-id-stack-map.ts";
import { CgroupArray } from "./cgroup-array.ts";
import { declaredTypes } from "./declared-types.ts";
import { DescriptorMap } from "./descriptor-map.ts";
import { HashMap } from "./hash-map.ts";
import { LruHashMap } from "./lru-hash-map.ts";
import { MAP_TYPE, type MapHandle } from "./map-handle.ts";
import { MapOfMaps } from "./map-of-maps.ts";
import { InodeStorage, SocketStorage, TaskStorage } from "./object-storage.ts";
import { PerCpuArrayMap } from "./per-cpu-array-map.ts";
import { PerCpuHashMap } from "./per-cpu-hash-map.ts";
import { PerfEventArray } from "./perf-event-array.ts";
import { ProgramArray } from "./program-array.ts";
import { QueueMap } from "./queue-map.ts";
import { StackTraceMap } from "./stack-trace-map.ts";

/** A map of a kind and of types that are known at run time only. */
export type AnyMap =
  | HashMap<unknown, unknown>
  | ArrayMap<unknown>
  | PerCpuHashMap<unknown, unknown>
  | PerCpuArrayMap<unknown>
  | StackTraceMap
  | BuildIdStackMap
  | QueueMap<unknown>
  | ProgramArray
  | PerfEventArray
  | CgroupArray
  | DescriptorMap<unknown>
  | SocketStorage<unknown>
  | InodeStorage<unknown>
  | TaskStorage<unknown>;

/** What lies around a map, for kinds that refer to other things. */
export interface MapSurroundings {
  /** The file descriptor of a program by its name; throws when there is none. */
  readonly programFd: (name: string) => number;
  /** The declaration of the maps that are in a map of maps. */
  readonly inner?: MapHandle | undefined;
}

const ALONE: MapSurroundings = {
  programFd: (name) => {
    throw new BpfError("UNKNOWN_PROGRAM", `no program ${name} is known here`);
  },
};

/**
 * The object for a loaded map, by the kernel's kind of map; keys and values as `btf`, the types of the
 * object that declared the map, describes them (as bytes where it does not). Throws UnsupportedError for
 * kinds that have no class, among them rings.
 */
export function createMap(handle: MapHandle, btf: Btf, around: MapSurroundings = ALONE): AnyMap {
  const types = declaredTypes(btf, handle);
  const key = () => codecOrBytes(btf, handle, types.key, handle.keySize, "key");
  const value = () => codecOrBytes(btf, handle, types.value, handle.valueSize, "value");
  const codecs = () => ({ key: key(), value: value() });
  switch (handle.type) {
    case MAP_TYPE.hash:
    case MAP_TYPE.lpmTrie:
    case MAP_TYPE.devices:
    case MAP_TYPE.devicesHash:
    case MAP_TYPE.cpus:
    case MAP_TYPE.cgroupStorage:
      return new HashMap(handle, codecs());
    case MAP_TYPE.lruHash:
      return new LruHashMap(handle, codecs());
    case MAP_TYPE.array:
      return new ArrayMap(handle, value());
    case MAP_TYPE.perCpuHash:
    case MAP_TYPE.lruPerCpuHash:
    case MAP_TYPE.perCpuCgroupStorage:
      return new PerCpuHashMap(handle, codecs());
    case MAP_TYPE.perCpuArray:
      return new PerCpuArrayMap(handle, value());
    case MAP_TYPE.stackTrace:
      return stackMap(handle, btf, types.value);
    case MAP_TYPE.queue:
    case MAP_TYPE.stack:
      return new QueueMap(handle, value());
    case MAP_TYPE.programArray:
      return new ProgramArray(handle, around.programFd);
    case MAP_TYPE.perfEventArray:
      return new PerfEventArray(handle);
    case MAP_TYPE.cgroupArray:
      return new CgroupArray(handle);
    case MAP_TYPE.arrayOfMaps:
    case MAP_TYPE.hashOfMaps:
      return mapOfMaps(handle, key(), btf, around);
    case MAP_TYPE.sockets:
    case MAP_TYPE.socketHash:
    case MAP_TYPE.xdpSockets:
      return new DescriptorMap(handle, key());
    case MAP_TYPE.socketStorage:
      return new SocketStorage(handle, value());
    case MAP_TYPE.inodeStorage:
      return new InodeStorage(handle, value());
    case MAP_TYPE.taskStorage:
      return new TaskStorage(handle, value());
    default: {
      const message = `map ${handle.name}: kind ${handle.type} has no keys and values`;
      throw new UnsupportedError("map kind", message, {
        hint: "Rings are read with RingBuffer and PerfBuffer.",
      });
    }
  }
}

/** Stacks of addresses, or of build ids where the values are structs that hold some. */
function stackMap(handle: MapHandle, btf: Btf, value: number): StackTraceMap | BuildIdStackMap {
  const type = value === 0 ? undefined : btf.type(btf.resolve(value));
  if (type?.kind !== "struct" || type.name !== "bpf_stacktrace_buildid") return new StackTraceMap(handle);
  return new BuildIdStackMap(handle, codecFor(btf, value));
}

function mapOfMaps(handle: MapHandle, key: Codec<unknown>, btf: Btf, { inner }: MapSurroundings): AnyMap {
  const wrap = (fd: number): AnyMap => {
    if (inner !== undefined) return createMap({ ...inner, fd }, btf);
    throw new BpfError("MAP", `map ${handle.name}: nothing says of what kind the maps in it are`);
  };
  return new MapOfMaps(handle, key, wrap);
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
