import type { Span } from "../source/source-text.ts";
import type { ScriptAction, ScriptAttach } from "./script.ts";
import type { AddressSpace, Aggregate, Type } from "./types.ts";

/**
 * A script whose names and types are settled, whatever language said it: what is lowered to C. Every value has
 * a type of its own, so that no step after this one has to guess.
 */
export interface TypedScript {
  readonly probes: readonly TypedProbe[];
  readonly maps: readonly TypedMap[];
  readonly actions: readonly TypedAction[];
  /** The size of the largest stack, for each depth that is asked for. */
  readonly stackDepths: readonly number[];
}

export interface TypedProbe {
  /** The C function's name. */
  readonly program: string;
  readonly name: string;
  /** libbpf's section, which tells the kind of program. */
  readonly section: string;
  readonly attach: ScriptAttach;
  readonly predicate: Value | undefined;
  readonly body: readonly Step[];
  readonly span: Span;
}

export interface TypedMap {
  /** With the at sign. */
  readonly name: string;
  readonly table: string;
  readonly key: Type | undefined;
  readonly value: Type;
  readonly entries: number;
  readonly kind: "hash" | "lru" | "percpu-hash" | "percpu-lru" | "scalar" | "percpu-scalar";
}

/** What user space is asked to do; `arguments` are the types of what a record carries. */
export interface TypedAction
  extends Pick<
    ScriptAction,
    "kind" | "format" | "map" | "top" | "divisor" | "separator" | "helper" | "message" | "program"
  > {
  readonly arguments: readonly Type[];
  readonly span: Span;
  /** errorf, warnf: the calls of macros and functions around it, the innermost first. */
  readonly callers?: readonly Span[];
}

interface Node {
  readonly type: Type;
  readonly span: Span;
}

export type Value =
  | (Node & { readonly kind: "constant"; readonly value: bigint })
  /** One character for each byte, without the NUL. */
  | (Node & { readonly kind: "text"; readonly bytes: string })
  | (Node & { readonly kind: "local"; readonly local: Local })
  | (Node & { readonly kind: "address"; readonly local: Local })
  /** The value of a key; of an aggregate, all CPUs together as one number. */
  | (Node & { readonly kind: "map-value"; readonly map: number; readonly key: Value | undefined })
  /** What deleting or asking for a key tells. */
  | (Node & {
      readonly kind: "map-has" | "map-delete";
      readonly map: number;
      readonly key: Value | undefined;
      /** Of a deletion: nobody asks whether there was something to delete. */
      readonly discarded?: boolean;
    })
  | (Node & { readonly kind: "map-length"; readonly map: number })
  /** Counts up or down: an integer by `by`, a pointer by as many bytes. */
  | (Node & {
      readonly kind: "step";
      readonly place: Place;
      readonly by: bigint;
      readonly gives: "old" | "new";
    })
  | (Node & { readonly kind: "context"; readonly offset: number })
  | (Node & { readonly kind: "context-address" })
  /** From memory: `type` at an address. A bit-field has `bits`. */
  | (Node & {
      readonly kind: "read";
      readonly address: Value;
      readonly offset: number;
      readonly space: AddressSpace;
      readonly bits?: { readonly shift: number; readonly width: number } | undefined;
    })
  /** From a value that lies in our memory. */
  | (Node & {
      readonly kind: "part";
      readonly of: Value;
      readonly offset: number;
      readonly bits?: { readonly shift: number; readonly width: number } | undefined;
    })
  /** An element of an array or byte of a string in our memory; 0 where there is none. */
  | (Node & {
      readonly kind: "element";
      readonly of: Value;
      readonly index: Value;
      readonly size: number;
      readonly count: number;
    })
  | (Node & { readonly kind: "negate" | "not" | "complement"; readonly operand: Value })
  | (Node & {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Value;
      readonly right: Value;
      /** Of division, remainder and comparison. A right shift brings in the sign of its left side's type. */
      readonly signed: boolean;
    })
  | (Node & {
      readonly kind: "equal-bytes";
      readonly left: Value;
      readonly right: Value;
      readonly negated: boolean;
    })
  | (Node & { readonly kind: "and" | "or"; readonly left: Value; readonly right: Value })
  | (Node & {
      readonly kind: "choice";
      readonly test: Value;
      /** Undefined: the test's own value. */
      readonly value: Value | undefined;
      readonly otherwise: Value;
    })
  /** To another type of the same family: integers cut and extended, strings and tuples widened. */
  | (Node & { readonly kind: "convert"; readonly operand: Value })
  /** The bytes as they are. */
  | (Node & { readonly kind: "reinterpret"; readonly operand: Value })
  /** A tuple or record; offsets follow from the type. */
  | (Node & { readonly kind: "compose"; readonly items: readonly Value[] })
  | (Node & { readonly kind: "call"; readonly name: Intrinsic; readonly arguments: readonly Value[] })
  /** A function of the script's own C; texts and structs are given by their addresses. */
  | (Node & { readonly kind: "c-call"; readonly name: string; readonly arguments: readonly Value[] })
  | (Node & { readonly kind: "block"; readonly body: readonly Step[]; readonly value: Value | undefined });

/** The values of a kind. */
export type ValueOf<Kind extends Value["kind"]> = Extract<Value, { kind: Kind }>;

/** What the lowering knows to do by itself. */
export type Intrinsic =
  | "pid"
  | "tid"
  | "uid"
  | "gid"
  | "cpu"
  | "numa-node"
  | "cgroup"
  | "random"
  | "jiffies"
  | "current-task"
  | "function-address"
  | "time-boot"
  | "time-monotonic"
  | "time-tai"
  | "comm"
  | "kernel-stack"
  | "user-stack"
  | "usym"
  | "username"
  | "string"
  | "buffer"
  | "inet"
  | "mac"
  | "swap-bytes"
  | "compare-strings"
  | "string-contains"
  | "string-index"
  | "concatenate"
  | "glob-match"
  | "compare-memory"
  | "write-user"
  /** Whether an address was not watched until now. From now on it is. */
  | "begin-watch"
  | "socket-cookie"
  | "packet-output"
  | "string-length"
  | "per-cpu-address"
  | "debug-print"
  | "sequence-print"
  | "namespace-pid"
  | "namespace-tid"
  | "path"
  | "signal"
  | "signal-thread"
  | "override"
  | "stack-length";

/** A variable of a script, by what it is declared as. */
export interface Local {
  readonly id: number;
  readonly name: string;
  readonly type: Type;
}

export type Place =
  | { readonly kind: "local"; readonly local: Local }
  | { readonly kind: "map"; readonly map: number; readonly key: Value | undefined };

interface StepNode {
  readonly span: Span;
}

export type Step =
  | (StepNode & { readonly kind: "set-local"; readonly local: Local; readonly value: Value })
  | (StepNode & { readonly kind: "clear-local"; readonly local: Local })
  | (StepNode & {
      readonly kind: "set-map";
      readonly map: number;
      readonly key: Value | undefined;
      readonly value: Value;
    })
  /** Adds to an integer in a map, exactly, whoever else does so at the same time. */
  | (StepNode & {
      readonly kind: "add-to-map";
      readonly map: number;
      readonly key: Value | undefined;
      readonly value: Value;
    })
  | (StepNode & {
      readonly kind: "aggregate";
      readonly map: number;
      readonly key: Value | undefined;
      readonly aggregate: Aggregate;
      readonly value: Value | undefined;
    })
  | (StepNode & { readonly kind: "evaluate"; readonly value: Value })
  | (StepNode & {
      readonly kind: "if";
      readonly test: Value;
      readonly body: readonly Step[];
      readonly otherwise: readonly Step[];
    })
  | (StepNode & { readonly kind: "while"; readonly test: Value; readonly body: readonly Step[] })
  | (StepNode & {
      readonly kind: "for-range";
      readonly local: Local;
      readonly from: Value;
      readonly to: Value;
      readonly body: readonly Step[];
    })
  | (StepNode & {
      readonly kind: "for-map";
      readonly local: Local;
      readonly map: number;
      readonly body: readonly Step[];
    })
  | (StepNode & { readonly kind: "repeat"; readonly count: number; readonly body: readonly Step[] })
  | (StepNode & { readonly kind: "break" | "continue" })
  /** The body of a function where it is called; "leave" ends the innermost one. */
  | (StepNode & { readonly kind: "function"; readonly body: readonly Step[] })
  | (StepNode & { readonly kind: "leave" })
  | (StepNode & { readonly kind: "return"; readonly value: Value | undefined })
  | (StepNode & { readonly kind: "emit"; readonly action: number; readonly arguments: readonly Value[] });
