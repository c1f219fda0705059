import type { RecordShape } from "./shape.ts";

/** Writes `value` at `offset`; `path` is where the value stands in what the user gave. */
export type EncodeFunction = (value: unknown, view: DataView, offset: number, path: string) => void;

/** One way to give a union's value. */
export interface UnionMember {
  /** The properties that belong to it: several for a nameless struct in a union. */
  readonly names: readonly string[];
  readonly shape: RecordShape;
  readonly encode: EncodeFunction;
}
