import type { UserFunctionPoint } from "../../program/program.ts";
import type { ScriptAttach } from "../../program/script.ts";
import type { Type } from "../../program/types.ts";
import type { UsdtArgument } from "../../program/usdt.ts";
import type { ArgumentPlace } from "./place-arguments.ts";

/** Where a program is attached, and what it finds there. */
export interface ProbeContext {
  readonly provider: Provider;
  /** As the `probe` builtin gives it. */
  readonly name: string;
  readonly section: string;
  readonly attach: ScriptAttach;
  /** Fields of `args`, each with its place in the context; undefined when there is no `args`. */
  readonly arguments?: readonly ContextField[] | undefined;
  /** The type of `retval` and its place, where types are known. */
  readonly returns?: ContextField | undefined;
  /** Whose memory pointers lead to. */
  readonly space: "kernel" | "user" | "any";
  /** The function at whose call a watchpoint is made, and which of its arguments leads to what is watched. */
  readonly watched?: (UserFunctionPoint & { readonly argument: number }) | undefined;
  /** Where the arguments of a USDT probe lie. */
  readonly places?: readonly UsdtArgument[] | undefined;
}

export interface ContextField {
  readonly name: string;
  readonly type: Type;
  readonly offset: number;
  /** Of a user function's argument, instead of an offset. */
  readonly place?: ArgumentPlace | undefined;
  /** The field holds a place and a length: where the data begin in the context. */
  readonly dynamic?: "absolute" | "relative" | undefined;
}

export type Provider =
  | "begin"
  | "end"
  | "kprobe"
  | "kretprobe"
  | "uprobe"
  | "uretprobe"
  | "fentry"
  | "fexit"
  | "tracepoint"
  | "rawtracepoint"
  | "interval"
  | "profile"
  | "software"
  | "hardware"
  | "usdt"
  | "iter"
  | "watchpoint"
  | "asyncwatchpoint"
  | "self"
  | "test"
  | "bench";

/** The names by which each kind of probe is called. */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  begin: "begin",
  BEGIN: "begin",
  end: "end",
  END: "end",
  kprobe: "kprobe",
  k: "kprobe",
  kretprobe: "kretprobe",
  kr: "kretprobe",
  uprobe: "uprobe",
  u: "uprobe",
  uretprobe: "uretprobe",
  ur: "uretprobe",
  fentry: "fentry",
  f: "fentry",
  kfunc: "fentry",
  fexit: "fexit",
  fr: "fexit",
  kretfunc: "fexit",
  tracepoint: "tracepoint",
  t: "tracepoint",
  rawtracepoint: "rawtracepoint",
  rt: "rawtracepoint",
  interval: "interval",
  i: "interval",
  profile: "profile",
  p: "profile",
  software: "software",
  s: "software",
  hardware: "hardware",
  h: "hardware",
  usdt: "usdt",
  U: "usdt",
  iter: "iter",
  it: "iter",
  watchpoint: "watchpoint",
  w: "watchpoint",
  asyncwatchpoint: "asyncwatchpoint",
  aw: "asyncwatchpoint",
  self: "self",
  test: "test",
  bench: "bench",
};

/** True where the context is struct pt_regs. */
export function hasRegisters(provider: Provider): boolean {
  return ["kprobe", "kretprobe", "uprobe", "uretprobe", "usdt"].includes(provider);
}
