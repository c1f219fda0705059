/** Whose memory an address is of. "any": told at run time by the address itself, as bpf_probe_read does. */
export type AddressSpace = "kernel" | "user" | "any" | "context" | "frame";

/** How a value that only user space can spell is spelled; in the kernel it has a fixed layout of its own. */
export type DeferredKind =
  | "ksym"
  | "usym"
  | "kstack"
  | "ustack"
  | "strftime"
  | "cgroup-path"
  | "mac"
  | "inet"
  | "username"
  | "probe"
  | "errno"
  | "signal"
  | "syscall"
  | "process-name";

/** How a map sums up the values that it is given. */
export type Aggregate =
  | { readonly kind: "count" }
  | { readonly kind: "sum" | "min" | "max" | "avg" | "stats"; readonly signed: boolean }
  /** Powers of two, each cut into 2^`bits` buckets. */
  | { readonly kind: "hist"; readonly bits: number }
  | { readonly kind: "lhist"; readonly min: bigint; readonly max: bigint; readonly step: bigint }
  | {
      readonly kind: "tseries";
      readonly intervalNs: bigint;
      readonly intervals: number;
      readonly how: "last" | "sum" | "min" | "max" | "avg";
      readonly signed: boolean;
    };

/** A member of a C struct or union, from its start. */
export interface StructMember {
  readonly name: string;
  readonly type: Type;
  readonly bitOffset: number;
  /** 0 for a member that is not a bit-field. */
  readonly bitSize: number;
}

/** A C struct or union. Its members are looked at when they are asked for: kernel types lead to each other. */
export interface StructType {
  readonly kind: "struct";
  /** As C spells it: "struct file". */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  members(): readonly StructMember[];
}

/** The types of the expressions of a script, whatever language said it. */
export type Type =
  | { readonly kind: "none" }
  | IntegerType
  | { readonly kind: "boolean" }
  | PointerType
  | StructType
  | { readonly kind: "array"; readonly of: Type; readonly count: number }
  /** Text with its NUL in `size` bytes; shorter where a NUL comes earlier. */
  | { readonly kind: "string"; readonly size: number }
  /** `size` bytes at most, after a u32 that tells how many. */
  | { readonly kind: "buffer"; readonly size: number }
  | { readonly kind: "tuple"; readonly items: readonly Type[] }
  | { readonly kind: "record"; readonly fields: readonly { readonly name: string; readonly type: Type }[] }
  | DeferredType
  | { readonly kind: "aggregate"; readonly aggregate: Aggregate };

export interface IntegerType {
  readonly kind: "integer";
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** A literal, or made of literals: takes the type of what it meets. */
  readonly literal?: true;
  /** A literal below zero: it fits no unsigned type. */
  readonly negative?: true;
  readonly enumeration?: Enumeration | undefined;
  /** A time of another clock than the one that runs from boot on. */
  readonly clock?: "monotonic" | "tai" | undefined;
}

/** The enumerators of an enum by their values. */
export interface Enumeration {
  readonly name: string;
  readonly names: ReadonlyMap<bigint, string>;
}

export interface PointerType {
  readonly kind: "pointer";
  readonly to: Type;
  readonly space: AddressSpace;
  /** The verifier knows what it points at, so it is read without a helper. */
  readonly trusted?: true;
}

export interface DeferredType {
  readonly kind: "deferred";
  readonly what: DeferredKind;
  /** Stacks: how each line is written, and how many frames at most. */
  readonly mode?: "bpftrace" | "perf" | "raw" | "build_id";
  readonly depth?: number;
  /** Times: as strftime(3) has it. */
  readonly format?: string;
  /** Times: of international atomic time, not since boot. */
  readonly clock?: "tai";
}
