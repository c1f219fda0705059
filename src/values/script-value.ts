/** A value of a script as it is printed or given to TypeScript. Plain data; nothing of the kernel is needed any more. */
export type ScriptValue =
  | IntegerValue
  | { readonly kind: "none" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "pointer"; readonly value: bigint }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "buffer"; readonly value: Uint8Array }
  | { readonly kind: "array" | "tuple"; readonly items: readonly ScriptValue[] }
  | { readonly kind: "record"; readonly fields: readonly (readonly [name: string, value: ScriptValue])[] }
  /** Spelled in user space from its number: a symbol, a user's name, an address, a time, a path. */
  | { readonly kind: "spelled"; readonly what: string; readonly text: string; readonly value: bigint }
  | StackValue
  | AggregateValue;

export interface IntegerValue {
  readonly kind: "integer";
  readonly value: bigint;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** The enumerator of that value, for values of an enum that have one. */
  readonly name?: string | undefined;
}

/** The innermost frame first. */
export interface StackValue {
  readonly kind: "stack";
  readonly mode: "bpftrace" | "perf" | "raw" | "build_id";
  readonly frames: readonly {
    readonly address: bigint;
    /** "vfs_read+12"; undefined when the address is nobody's. */
    readonly symbol?: string | undefined;
    /** "kernel", a kernel module or a file. */
    readonly module?: string | undefined;
  }[];
}

/** What a map has summed up, all CPUs together. */
export type AggregateValue =
  | {
      readonly kind: "count" | "sum" | "min" | "max";
      readonly value: bigint;
      readonly signed: boolean;
    }
  | {
      readonly kind: "avg" | "stats";
      readonly count: bigint;
      readonly total: bigint;
      readonly signed: boolean;
    }
  /**
   * counts[0] is of negative numbers, counts[1] of 0. Then with k = 2^bits come the numbers 1 to k - 1 one by
   * one, then of each power of two from k its k equal parts, the last power being 2^63.
   */
  | { readonly kind: "hist"; readonly bits: number; readonly counts: readonly bigint[] }
  /** counts[0] is below min, the last of max and above. */
  | {
      readonly kind: "lhist";
      readonly min: bigint;
      readonly max: bigint;
      readonly step: bigint;
      readonly counts: readonly bigint[];
    }
  | {
      readonly kind: "tseries";
      readonly signed: boolean;
      readonly how: "last" | "sum" | "min" | "max" | "avg";
      readonly intervalNs: bigint;
      /** `start` is nanoseconds since 1970; the oldest first, with intervals without values between them. */
      readonly points: readonly { readonly start: bigint; readonly value: bigint | undefined }[];
    };

/** A map as it is read: entries in no order. */
export interface ScriptMapValue {
  /** With the at sign. */
  readonly name: string;
  /** False: the map is one value, and has at most one entry, with no keys. */
  readonly keyed: boolean;
  /** What its values are: "integer", "hist", "string", … decides the order in which it is printed. */
  readonly valueKind: ScriptValue["kind"];
  readonly entries: readonly { readonly keys: readonly ScriptValue[]; readonly value: ScriptValue }[];
}

/** What a running script tells, in the order in which it happened. */
export type ScriptEvent =
  | {
      readonly kind: "printf" | "errorf" | "warnf";
      readonly format: string;
      readonly arguments: readonly ScriptValue[];
      readonly place?: ScriptPlace | undefined;
      /** errorf, warnf: the calls of macros and functions that it stands in, the innermost first. */
      readonly callers?: readonly ScriptPlace[] | undefined;
    }
  | { readonly kind: "value"; readonly value: ScriptValue }
  | {
      readonly kind: "map";
      readonly map: ScriptMapValue;
      readonly top?: number | undefined;
      readonly divisor?: number | undefined;
      /** The script has ended, and all its maps are shown. */
      readonly atEnd?: boolean | undefined;
    }
  | { readonly kind: "time"; readonly format: string; readonly at: Date }
  | { readonly kind: "cat" | "system"; readonly format: string; readonly arguments: readonly ScriptValue[] }
  | { readonly kind: "join"; readonly items: readonly string[]; readonly separator: string }
  | { readonly kind: "attached"; readonly probes: number }
  /** Records that found no room. Comes once, at the end, and when it grows. */
  | { readonly kind: "lost"; readonly count: number }
  | {
      readonly kind: "helper-error";
      readonly helper: string;
      readonly result: number;
      readonly message: string;
      readonly place?: ScriptPlace | undefined;
    }
  /** What comes until it ends is a test's. */
  | { readonly kind: "test-begin" }
  | {
      readonly kind: "test-end";
      /** Of all tests so far; the last is the one that has ended. */
      readonly results: readonly TestResult[];
      /** How many tests there are. */
      readonly of: number;
      readonly durationNs: number;
    }
  /** The mean time of a run of one of the measured blocks, whose names are told. */
  | {
      readonly kind: "benchmark";
      readonly names: readonly string[];
      readonly index: number;
      readonly averageNs: number;
      readonly runs: number;
    }
  /** The last event. */
  | { readonly kind: "exit"; readonly code: number };

/** A test passes where it returns 0, tells no error and does not end the script with another status than 0. */
export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
}

export interface ScriptPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  /** The line, where the place is not of the script's own text. */
  readonly text?: string | undefined;
}
