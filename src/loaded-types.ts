import type { InferEvents } from "./infer/infer-events.ts";
import type { InferMaps, MapType } from "./infer/infer-maps.ts";
import type { ArrayMap } from "./maps/array-map.ts";
import type { BuildIdStackMap } from "./maps/build-id-stack-map.ts";
import type { CgroupArray } from "./maps/cgroup-array.ts";
import type { AnyMap } from "./maps/create-map.ts";
import type { DescriptorMap } from "./maps/descriptor-map.ts";
import type { HashMap } from "./maps/hash-map.ts";
import type { LruHashMap } from "./maps/lru-hash-map.ts";
import type { MapOfMaps } from "./maps/map-of-maps.ts";
import type { InodeStorage, SocketStorage, TaskStorage } from "./maps/object-storage.ts";
import type { PerCpuArrayMap } from "./maps/per-cpu-array-map.ts";
import type { PerCpuHashMap } from "./maps/per-cpu-hash-map.ts";
import type { PerfEventArray } from "./maps/perf-event-array.ts";
import type { ProgramArray } from "./maps/program-array.ts";
import type { QueueMap } from "./maps/queue-map.ts";
import type { StackTraceMap } from "./maps/stack-trace-map.ts";
import type { PerfBuffer } from "./rings/perf-buffer.ts";
import type { RingBuffer } from "./rings/ring-buffer.ts";

/** The class that stands for a table of each kind, by its key and value. */
interface MapObjects<K, V> {
  hash: HashMap<K, V>;
  lpm_trie: HashMap<K, V>;
  lru_hash: LruHashMap<K, V>;
  array: ArrayMap<V>;
  histogram: Histogram<K>;
  percpu_hash: PerCpuHashMap<K, V>;
  lru_percpu_hash: PerCpuHashMap<K, V>;
  percpu_array: PerCpuArrayMap<V>;
  stack_trace: StackTraceMap;
  stack_trace_buildid: BuildIdStackMap;
  queue: QueueMap<V>;
  stack: QueueMap<V>;
  prog_array: ProgramArray;
  perf_array: PerfEventArray;
  cgroup_array: CgroupArray;
  devmap: HashMap<K, V>;
  devmap_hash: HashMap<K, V>;
  cpumap: HashMap<K, V>;
  xskmap: DescriptorMap<K>;
  sockmap: DescriptorMap<K>;
  sockhash: DescriptorMap<K>;
  sk_storage: SocketStorage<V>;
  inode_storage: InodeStorage<V>;
  task_storage: TaskStorage<V>;
  cgroup_storage: HashMap<K, V>;
  percpu_cgroup_storage: PerCpuHashMap<K, V>;
  extern: K extends number ? HashMap<K, V> | ArrayMap<V> : HashMap<K, V>;
}

/** Of a map of maps, `value` is the name of the table that its maps are like. */
type MapObject<T extends MapType, Tables> = T["kind"] extends keyof MapObjects<unknown, unknown>
  ? MapObjects<T["key"], T["value"]>[T["kind"]]
  : T["kind"] extends "array_of_maps" | "hash_of_maps"
    ? MapOfMaps<T["key"], InnerObject<T["value"], Tables>>
    : AnyMap;

type InnerObject<Name, Tables> = Name extends keyof Tables
  ? Tables[Name] extends {
      kind: infer Kind extends keyof MapObjects<unknown, unknown>;
      key: infer K;
      value: infer V;
    }
    ? MapObjects<K, V>[Kind]
    : AnyMap
  : AnyMap;

/** A histogram of plain buckets is an array; with a struct as its key it is a hash map, as in bcc. */
type Histogram<K> = K extends number ? ArrayMap<bigint> : HashMap<K, bigint>;

type BufferKind = "ringbuf" | "perf_output";

/**
 * Types that a caller gives for a text that is not a literal. They are believed: nothing checks them.
 *
 * @example
 * using bpf = await load<{ maps: { calls: HashMap<number, bigint> } }>(text);
 * for (const [pid, count] of bpf.maps.calls) console.log(pid, count);
 */
export interface Schema {
  readonly maps?: object;
  readonly rings?: object;
  readonly globals?: object;
}

/** The tables of a text by their names, without its ring and perf buffers. */
export type MapsOf<Text extends string | Schema> = Text extends Schema
  ? GivenBy<Text["maps"]>
  : string extends Text
    ? Readonly<Record<string, AnyMap>>
    : InferMaps<Text & string> extends infer Tables extends Record<string, MapType>
      ? {
          readonly [Name in keyof Tables as Tables[Name]["kind"] extends BufferKind
            ? never
            : Name]: MapObject<Tables[Name], Tables>;
        }
      : never;

/** The ring and perf buffers of a text by their names. */
export type RingsOf<Text extends string | Schema> = Text extends Schema
  ? GivenBy<Text["rings"]>
  : string extends Text
    ? Readonly<Record<string, RingBuffer<unknown> | PerfBuffer<unknown>>>
    : InferMaps<Text & string> extends infer Tables extends Record<string, MapType>
      ? {
          readonly [Name in keyof Tables as Tables[Name]["kind"] extends BufferKind
            ? Name
            : never]: Tables[Name]["kind"] extends "ringbuf"
            ? RingBuffer<EventOf<Text & string, Name>>
            : PerfBuffer<EventOf<Text & string, Name>>;
        }
      : never;

/** The global variables of a text: typed where the caller says the types. */
export type GlobalsOf<Text extends string | Schema> = Text extends {
  readonly globals: infer Given extends object;
}
  ? Given
  : Record<string, unknown>;

type EventOf<Text extends string, Name> =
  InferEvents<Text> extends infer Events ? (Name extends keyof Events ? Events[Name] : unknown) : never;

type GivenBy<Given> = Given extends object ? Readonly<Given> : Readonly<Record<string, never>>;
