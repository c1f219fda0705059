import type { TypedefNames, ValueOfType } from "./c-type.ts";
import type { StripComments } from "./strip-comments.ts";
import type { TablesOf } from "./tables.ts";
import type { Trim } from "./trim.ts";
import type { VariableType } from "./variable-type.ts";

/**
 * The events of each BPF_PERF_OUTPUT and BPF_RINGBUF_OUTPUT of a program in the bcc dialect:
 * `{ events: { pid: number; comm: string } }`. The type is that of the variable which the program hands
 * to `perf_submit`, `ringbuf_output` or `ringbuf_submit`; a union where it hands in several types,
 * `unknown` where its declaration is not found. A text that is not a literal gives any name.
 */
export type InferEvents<Text extends string> = string extends Text
  ? Record<string, unknown>
  : StripComments<Text> extends infer Code extends string
    ? { [T in OutputsOf<Code> as T[0]]: EventType<Code, Submits<Code, T[0], T[1]>> }
    : never;

type OutputsOf<Text extends string> = Extract<
  TablesOf<Text>,
  readonly [string, "perf_output" | "ringbuf", undefined, undefined]
>;

type Submits<Text extends string, Name extends string, Kind> = Kind extends "ringbuf"
  ? RingSubmits<Text, Text, Name, "", never>
  : PerfSubmits<Text, Text, Name, "", never>;

// No submit that could be read, or one of an unknown type: nothing is known of the others' union either.
type EventType<Text extends string, Spellings> = [Spellings] extends [never]
  ? unknown
  : Spellings extends string
    ? ValueOfType<Text, Spellings>
    : unknown;

/** The spellings of the types that are handed to `name.perf_submit(ctx, data, size)`. */
type PerfSubmits<
  Text extends string,
  Rest extends string,
  Name extends string,
  Scope extends string,
  Found,
> = Rest extends `${infer Before}${Name}.perf_submit(${infer After}`
  ? Before extends NameStart
    ? After extends `${string},${infer Data},${infer Size};${infer Next}`
      ? FunctionEnd<`${Scope}${Before}`> extends infer Body extends string
        ? PerfSubmits<Text, Next, Name, Body, Found | Submitted<Text, Body, Trim<Data>, Size>>
        : never
      : Found
    : PerfSubmits<Text, After, Name, `${Scope}${Before}`, Found>
  : Found;

/** The same for `ringbuf_output(data, size, flags)` and `ringbuf_submit(pointer, flags)`. */
type RingSubmits<
  Text extends string,
  Rest extends string,
  Name extends string,
  Scope extends string,
  Found,
> = Rest extends `${infer Before}${Name}.ringbuf_${infer Method}(${infer After}`
  ? Before extends NameStart
    ? Method extends "output" | "submit"
      ? After extends `${infer Data},${infer Size};${infer Next}`
        ? FunctionEnd<`${Scope}${Before}`> extends infer Body extends string
          ? RingSubmits<Text, Next, Name, Body, Found | Submitted<Text, Body, Trim<Data>, Size>>
          : never
        : Found
      : RingSubmits<Text, After, Name, `${Scope}${Before}(`, Found>
    : RingSubmits<Text, After, Name, `${Scope}${Before}(`, Found>
  : Found;

// Else `ipv4_events.` would be found for `events.`. Nothing stands before it right behind a `;`.
type NameStart = "" | `${string}${" " | "\n" | "\t" | ";" | "{" | "}" | "(" | ")"}`;

/** What follows the last closing brace that begins a line: the function so far, from its head. */
type FunctionEnd<Text extends string> =
  Text extends `${string}\n}${string}\n}${string}\n}${string}\n}${infer After}`
    ? FunctionEnd<After>
    : Text extends `${string}\n}${infer After}`
      ? FunctionEnd<After>
      : Text;

type Submitted<
  Text extends string,
  Body extends string,
  Data extends string,
  Size extends string,
> = Data extends `&${infer Variable}`
  ? VariableType<Body, Trim<Variable>, TypedefNames<Text>>
  : Data extends `(${string})${infer Variable}`
    ? Submitted<Text, Body, Trim<Variable>, Size>
    : Size extends `${string}sizeof(struct ${infer Tag})${string}`
      ? `struct ${Trim<Tag>}`
      : VariableType<Body, Data, TypedefNames<Text>>;
