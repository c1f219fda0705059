import type { Aggregate, DeferredKind } from "./types.ts";

/** Where a value lies in a record, key or map value, in bytes, and what it is. A plain value: it is cached. */
export type ValueLayout =
  | { readonly kind: "none"; readonly size: 0 }
  | {
      readonly kind: "integer";
      readonly size: 1 | 2 | 4 | 8;
      readonly signed: boolean;
      /** Enumerators by their values in decimal digits. */
      readonly names?: Readonly<Record<string, string>> | undefined;
    }
  /** A bit-field: `width` bits from bit `shift` of `size` bytes. */
  | {
      readonly kind: "bits";
      readonly size: number;
      readonly shift: number;
      readonly width: number;
      readonly signed: boolean;
    }
  | { readonly kind: "boolean"; readonly size: number }
  | { readonly kind: "pointer"; readonly size: 8 }
  | { readonly kind: "string"; readonly size: number }
  | { readonly kind: "buffer"; readonly size: number }
  | { readonly kind: "array"; readonly size: number; readonly of: ValueLayout; readonly count: number }
  | { readonly kind: "tuple"; readonly size: number; readonly items: readonly PlacedLayout[] }
  | {
      readonly kind: "record";
      readonly size: number;
      readonly fields: readonly FieldLayout[];
    }
  | DeferredLayout
  | { readonly kind: "aggregate"; readonly size: number; readonly aggregate: AggregateLayout };

export interface PlacedLayout {
  readonly offset: number;
  readonly layout: ValueLayout;
}

export interface FieldLayout extends PlacedLayout {
  readonly name: string;
}

/**
 * A value that user space spells. All parts are little-endian: symbols and times are a u64 (usym: u64 address,
 * u32 pid after it); stacks s64 id, then for user stacks u32 pid; inet u32 family (4 or 6), 16 bytes of address.
 */
export interface DeferredLayout {
  readonly kind: "deferred";
  readonly size: number;
  readonly what: DeferredKind;
  readonly mode?: "bpftrace" | "perf" | "raw" | "build_id" | undefined;
  readonly depth?: number | undefined;
  readonly format?: string | undefined;
  readonly clock?: "tai" | undefined;
}

/** An aggregate with numbers that JSON can hold. */
export type AggregateLayout =
  | Exclude<Aggregate, { kind: "lhist" | "tseries" }>
  | { readonly kind: "lhist"; readonly min: string; readonly max: string; readonly step: string }
  | {
      readonly kind: "tseries";
      readonly intervalNs: string;
      readonly intervals: number;
      readonly how: "last" | "sum" | "min" | "max" | "avg";
      readonly signed: boolean;
    };
