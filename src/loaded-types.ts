import type { InferEvents } from "./infer/infer-events.ts";
import type { InferMaps, MapType } from "./infer/infer-maps.ts";
import type { ArrayMap } from "./maps/array-map.ts";
import type { AnyMap } from "./maps/create-map.ts";
import type { HashMap } from "./maps/hash-map.ts";
import type { LruHashMap } from "./maps/lru-hash-map.ts";
import type { PerCpuArrayMap } from "./maps/per-cpu-array-map.ts";
import type { PerCpuHashMap } from "./maps/per-cpu-hash-map.ts";
import type { QueueMap } from "./maps/queue-map.ts";
import type { StackTraceMap } from "./maps/stack-trace-map.ts";
import type { PerfBuffer } from "./rings/perf-buffer.ts";
import type { RingBuffer } from "./rings/ring-buffer.ts";

/** The class that stands for a table of a given kind. */
type MapObject<T extends MapType> = T["kind"] extends "hash" | "lpm_trie"
  ? HashMap<T["key"], T["value"]>
  : T["kind"] extends "lru_hash"
    ? LruHashMap<T["key"], T["value"]>
    : T["kind"] extends "array"
      ? ArrayMap<T["value"]>
      : T["kind"] extends "histogram"
        ? Histogram<T["key"]>
        : T["kind"] extends "percpu_hash" | "lru_percpu_hash"
          ? PerCpuHashMap<T["key"], T["value"]>
          : T["kind"] extends "percpu_array"
            ? PerCpuArrayMap<T["value"]>
            : T["kind"] extends "stack_trace"
              ? StackTraceMap
              : T["kind"] extends "queue" | "stack"
                ? QueueMap<T["value"]>
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
            : Name]: MapObject<Tables[Name]>;
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
