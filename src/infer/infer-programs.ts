import type { StripComments } from "./strip-comments.ts";
import type { Trim } from "./trim.ts";

/**
 * The union of the names of the functions that a program in the bcc dialect can attach: those that return
 * `int` and are not static, and those that TRACEPOINT_PROBE and the other probe macros make
 * (`"kprobe__tcp_v4_connect" | "tracepoint__sched__sched_switch"`). `string` for a text that is not a
 * literal.
 */
export type InferPrograms<Text extends string> = string extends Text
  ? string
  : StripComments<Text> extends infer Code extends string
    ? IntFunctions<`\n${Code}`, never> | MacroFunctions<Code, never> | OtherMacros<Code>
    : never;

type NotInName = " " | ";" | "\n" | ")" | "=" | "," | "*";
type NotExported = `${string}${"static" | "inline" | "," | "("}${" " | ""}`;

type IntFunctions<Text extends string, Found> = Text extends `${infer Before}int ${infer After}`
  ? After extends `${infer Name}(${string}`
    ? Trim<Name> extends `${string}${NotInName}${string}` | ""
      ? IntFunctions<After, Found>
      : Before extends NotExported
        ? IntFunctions<After, Found>
        : IntFunctions<After, Found | Trim<Name>>
    : Found
  : Found;

/** The macros whose name ends in _PROBE and what they put before the name of the event. */
interface ProbePrefixes {
  TRACEPOINT: "tracepoint";
  RAW_TRACEPOINT: "raw_tracepoint";
  KFUNC: "kfunc";
  KRETFUNC: "kretfunc";
  MODULE_KFUNC: "kfunc";
  MODULE_KRETFUNC: "kretfunc";
  LSM: "lsm";
}

type MacroFunctions<
  Text extends string,
  Found,
> = Text extends `${infer Before}_PROBE(${infer Args})${infer After}`
  ? MacroFunctions<After, Found | ProbeName<MacroWord<Before>, Args>>
  : Found;

// The longer of two names that end alike comes first.
type MacroWord<Before extends string> = Before extends `${string}RAW_TRACEPOINT`
  ? "RAW_TRACEPOINT"
  : Before extends `${string}MODULE_${infer Kind extends "KFUNC" | "KRETFUNC"}`
    ? `MODULE_${Kind}`
    : Before extends `${string}KRETFUNC`
      ? "KRETFUNC"
      : Before extends `${string}KFUNC`
        ? "KFUNC"
        : Before extends `${string}TRACEPOINT`
          ? "TRACEPOINT"
          : Before extends `${string}LSM`
            ? "LSM"
            : never;

type ProbeName<Word extends keyof ProbePrefixes, Args extends string> = Word extends
  | "TRACEPOINT"
  | "MODULE_KFUNC"
  | "MODULE_KRETFUNC"
  ? Args extends `${infer A},${infer B}`
    ? `${ProbePrefixes[Word]}__${Trim<A>}__${FirstArgument<B>}`
    : never
  : `${ProbePrefixes[Word]}__${FirstArgument<Args>}`;

type FirstArgument<Args extends string> = Args extends `${infer First},${string}` ? Trim<First> : Trim<Args>;

type OtherMacros<Text extends string> =
  | (Text extends `${string}BPF_ITER(${infer Target})${string}` ? `bpf_iter__${Trim<Target>}` : never)
  | (Text extends `${string}KMOD_RET(${infer Args})${string}` ? `kmod_ret__${FirstArgument<Args>}` : never);
