import type { Trim } from "./trim.ts";

/** A table as its macro declares it: types are C spellings, `undefined` where the kind decides them. */
export type Table = readonly [name: string, kind: string, key: string | undefined, value: string | undefined];

/** BPF_x(name, key = u64, value = u64, …). */
interface KeyedMacros {
  HASH: "hash";
  PERCPU_HASH: "percpu_hash";
  LPM_TRIE: "lpm_trie";
}

/** BPF_x(name, value = u64, …); the key is an int, or the object that the storage belongs to. */
interface IndexedMacros {
  ARRAY: "array";
  PERCPU_ARRAY: "percpu_array";
  SK_STORAGE: "sk_storage";
  INODE_STORAGE: "inode_storage";
  TASK_STORAGE: "task_storage";
}

/** BPF_x(name, value, …) without a key that C could name. */
interface KeylessMacros {
  QUEUE: "queue";
  STACK: "stack";
  CGROUP_STORAGE: "cgroup_storage";
  PERCPU_CGROUP_STORAGE: "percpu_cgroup_storage";
}

/** BPF_x(name, …): the kind decides both types. */
interface FixedMacros {
  STACK_TRACE: "stack_trace";
  STACK_TRACE_BUILDID: "stack_trace_buildid";
  PERF_OUTPUT: "perf_output";
  RINGBUF_OUTPUT: "ringbuf";
  PERF_ARRAY: "perf_array";
  PROG_ARRAY: "prog_array";
  CGROUP_ARRAY: "cgroup_array";
  DEVMAP: "devmap";
  CPUMAP: "cpumap";
  XSKMAP: "xskmap";
  SOCKMAP: "sockmap";
}

/** BPF_x("kind", key, value, name, …). */
type GeneralMacro = "TABLE" | "F_TABLE" | `TABLE_${"PINNED" | "PINNED7" | "PUBLIC" | "SHARED"}`;

/** BPF_x("queue" or "stack", name, value, …). */
type QueueStackMacro = `QUEUESTACK${"" | "_PINNED" | "_PUBLIC" | "_SHARED"}`;

type Macro =
  | keyof KeyedMacros
  | keyof IndexedMacros
  | keyof KeylessMacros
  | keyof FixedMacros
  | GeneralMacro
  | QueueStackMacro
  | "HISTOGRAM"
  | "ARRAY_OF_MAPS"
  | "HASH_OF_MAPS"
  | "SOCKHASH";

/** The names that BPF_TABLE has for kinds, where they are not ours. */
interface TableKinds {
  prog: "prog_array";
  stacktrace: "stack_trace";
  stacktrace_buildid: "stack_trace_buildid";
}

/** The union of the tables of a text without comments. */
export type TablesOf<Text extends string> = TablesIn<Text, never>;

// What follows BPF_ is a macro only when a parenthesis comes before anything else, so the search goes on
// right behind BPF_ otherwise: BPF_ANY stands before many a macro.
type TablesIn<Text extends string, Found> = Text extends `${string}BPF_${infer After}`
  ? After extends `${infer Name}(${infer Rest}`
    ? Name extends Macro | `${Macro} `
      ? Rest extends `${infer Args})${infer Next}`
        ? TablesIn<Next, Found | TableOf<Trim<Name>, Arguments<Args>>>
        : Found
      : TablesIn<After, Found>
    : Found
  : Found;

type Arguments<
  List extends string,
  Done extends string[] = [],
> = List extends `${infer Argument},${infer More}`
  ? Arguments<More, [...Done, Trim<Argument>]>
  : [...Done, Trim<List>];

type Argument<Args, Index extends string, Default> = Index extends keyof Args ? Args[Index] : Default;

type TableOf<Name extends string, Args extends string[]> = Name extends keyof KeyedMacros
  ? readonly [Args[0], KeyedMacros[Name], Argument<Args, "1", "u64">, Argument<Args, "2", "u64">]
  : Name extends keyof IndexedMacros
    ? readonly [Args[0], IndexedMacros[Name], "int", Argument<Args, "1", "u64">]
    : Name extends keyof FixedMacros
      ? readonly [Args[0], FixedMacros[Name], undefined, undefined]
      : Name extends "HISTOGRAM"
        ? readonly [Args[0], "histogram", Argument<Args, "1", "int">, "u64"]
        : Name extends keyof KeylessMacros
          ? readonly [Args[0], KeylessMacros[Name], undefined, Argument<Args, "1", "u64">]
          : Name extends GeneralMacro
            ? readonly [
                Argument<Args, "3", "">,
                KindOf<Args[0]>,
                Argument<Args, "1", "">,
                Args[0] extends `"${string}_of_maps$${infer Inner}"` ? Inner : Argument<Args, "2", "">,
              ]
            : Name extends QueueStackMacro
              ? readonly [Argument<Args, "1", "">, KindOf<Args[0]>, undefined, Argument<Args, "2", "">]
              : Name extends "SOCKHASH"
                ? readonly [Args[0], "sockhash", Argument<Args, "1", "u32">, "int"]
                : Name extends "ARRAY_OF_MAPS"
                  ? readonly [Args[0], "array_of_maps", "int", Unquoted<Args[1]>]
                  : "2" extends keyof Args
                    ? readonly [Args[0], "hash_of_maps", Args[1], Unquoted<Args["2"]>]
                    : readonly [Args[0], "hash_of_maps", "int", Unquoted<Args[1]>];

type Unquoted<Argument> = Argument extends `"${infer Text}"` ? Text : string;

// A kind that is a macro of the program can be anything.
type KindOf<Quoted extends string> = Quoted extends `"${infer Kind}"`
  ? Kind extends keyof TableKinds
    ? TableKinds[Kind]
    : Kind extends `${infer Outer}${":" | "$"}${string}`
      ? KindOf<`"${Outer}"`>
      : Kind
  : string;
