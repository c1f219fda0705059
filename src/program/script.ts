import type { AttachPoint } from "./program.ts";
import type { ValueLayout } from "./value-layout.ts";

/** What a script that is compiled says, beside its object: a plain value, kept in the cache with it. */
export interface ScriptDescription {
  readonly probes: readonly ScriptProbe[];
  readonly maps: readonly ScriptMapLayout[];
  readonly actions: readonly ScriptAction[];
  readonly settings: ScriptSettings;
}

/** The map of what is watched since functions were called: keys are an address and the number of a probe. */
export const WATCHED_MAP = "bt_watched";

/** The perf buffer of packets for files. */
export const PACKETS_MAP = "bt_packets";

/** The number of a probe by the name of its program. */
export function watchNumber(program: string): number {
  return Number(/^probe_(\d+)/.exec(program)?.[1] ?? 0);
}

/** One program in the kernel and all places at which it is attached. */
export interface ScriptProbe {
  /** The C function. */
  readonly program: string;
  /** As the `probe` builtin gives it: "kprobe:vfs_read". */
  readonly name: string;
  readonly attach: ScriptAttach;
}

/** "begin", "end", "signal", "test" and "bench" are run by us, the others by the kernel. */
export type ScriptAttach =
  | { readonly kind: "begin" | "end" }
  /** Memory that a function of the traced process is given: it is watched from when the function is called. */
  | {
      readonly kind: "watch";
      readonly bytes: number;
      /** Reads 1, writes 2, instructions 4. */
      readonly mode: number;
      /** The process is stopped when the function is called, and goes on when its memory is watched. */
      readonly stops: boolean;
    }
  /** Where a script is run for its tests, or to be measured. */
  | { readonly kind: "test" | "bench" }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "interval"; readonly periodNs: number }
  | { readonly kind: "iterator"; readonly target: string; readonly pin?: string | undefined }
  | Exclude<AttachPoint, { kind: "none" }>;

export interface ScriptMapLayout {
  /** With the at sign: "@", "@reads". */
  readonly name: string;
  /** The map of the object. */
  readonly table: string;
  /** None: the map is one value. */
  readonly keys: ValueLayout | undefined;
  readonly keyParts: number;
  readonly value: ValueLayout;
  /** Each CPU has a value of its own, to be merged. */
  readonly perCpu: boolean;
  /** A map of one value: its bytes begin with a u64 that is 0 as long as nothing was stored. */
  readonly flagged: boolean;
}

/**
 * What a record in a ring asks for. A record is a u32 with the index of its action, a u32 (not used), and
 * then the arguments at their offsets.
 */
export interface ScriptAction {
  readonly kind:
    | "printf"
    | "errorf"
    | "warnf"
    | "print-value"
    | "print-map"
    | "clear"
    | "zero"
    | "time"
    | "cat"
    | "system"
    | "join"
    | "exit"
    | "failed"
    | "helper-error"
    | "watch"
    | "unwatch"
    | "skboutput";
  /** printf, time, cat, system, errorf, …: the format. */
  readonly format?: string | undefined;
  /** print-map, clear, zero: an index into the maps. */
  readonly map?: number | undefined;
  /** print-map: how many of the largest, and what values are divided by. */
  readonly top?: number | undefined;
  readonly divisor?: number | undefined;
  /** watch: the probe's program. */
  readonly program?: string | undefined;
  /** helper-error: the kernel's function that failed, and what that means. */
  readonly helper?: string | undefined;
  readonly message?: string | undefined;
  /** join: what stands between. */
  readonly separator?: string | undefined;
  /** Of the whole record, its head included. */
  readonly size: number;
  readonly arguments: readonly { readonly offset: number; readonly layout: ValueLayout }[];
  readonly place?: ActionPlace | undefined;
  /** The calls of macros and functions around it, the innermost first. */
  readonly callers?: readonly ActionPlace[] | undefined;
}

/** Where in the text; line and columns count from 1. */
export interface ActionPlace {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  /** Where that is not the script's own text: the name of the text, and the line. */
  readonly file?: string;
  readonly text?: string;
}

/** What the script's config block and the environment say to whoever runs it. */
export interface ScriptSettings {
  readonly printMapsOnExit: boolean;
  readonly maxStrlen: number;
  readonly maxCatBytes: number;
  /** How many places may be probed at once. */
  readonly maxProbes: number;
  readonly truncationTrailer: string;
  readonly stackMode: "bpftrace" | "perf" | "raw" | "build_id";
  readonly missingProbes: "error" | "warn" | "ignore";
  readonly perfRingPages: number | undefined;
  readonly cppDemangle: boolean;
  /** The map of one number that time series take for the clock, since 1970; the boot clock without one. */
  readonly seriesClock?: string | undefined;
}
