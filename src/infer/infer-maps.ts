import type { ValueOfType } from "./c-type.ts";
import type { StripComments } from "./strip-comments.ts";
import type { Table, TablesOf } from "./tables.ts";

/**
 * What is known of a map before it is loaded. Of a per-CPU map `value` is the value of one CPU, of a map of maps the
 * name of the table that its maps are like.
 */
export interface MapType {
  readonly kind: string;
  readonly key: unknown;
  readonly value: unknown;
}

/** The kinds whose types no macro argument says. `never`: the kind has no keys, or only events. */
interface FixedTypes {
  stack_trace: { key: number; value: bigint[] };
  stack_trace_buildid: {
    key: number;
    value: { status: number; build_id: Uint8Array; offset: bigint; ip: bigint }[];
  };
  perf_output: { key: never; value: never };
  ringbuf: { key: never; value: never };
  perf_array: { key: number; value: number };
  prog_array: { key: number; value: number };
  cgroup_array: { key: number; value: number };
  devmap: { key: number; value: number };
  cpumap: { key: number; value: number };
  xskmap: { key: number; value: number };
  sockmap: { key: number; value: number };
}

/**
 * The maps that a program in the bcc dialect declares with BPF_HASH, BPF_ARRAY, BPF_TABLE and the other
 * table macros, with the TypeScript types of their keys and values:
 * `{ currsock: { kind: "hash"; key: number; value: bigint } }`.
 *
 * A type that the text does not define is `unknown`. A text that is not a literal gives any name, with
 * `unknown` keys and values. It is a view only: what is read at run time follows the object's BTF.
 */
export type InferMaps<Text extends string> = string extends Text
  ? Record<string, MapType>
  : StripComments<Text> extends infer Code extends string
    ? { [T in TablesOf<Code> as T[0]]: MapOf<Code, T> }
    : never;

type MapOf<Text extends string, T extends Table> = T[1] extends infer Kind extends keyof FixedTypes
  ? { kind: Kind; key: FixedTypes[Kind]["key"]; value: FixedTypes[Kind]["value"] }
  : {
      kind: T[1];
      key: KeyOf<Text, T>;
      value: T[1] extends `${string}_of_maps` ? T[3] : SpelledType<Text, T[3]>;
    };

type KeyOf<Text extends string, T extends Table> = T[1] extends `${string}cgroup_storage`
  ? { cgroup_inode_id: bigint; attach_type: number }
  : SpelledType<Text, T[2]>;

type SpelledType<Text extends string, Spelling> = Spelling extends string
  ? ValueOfType<Text, Spelling>
  : never;
