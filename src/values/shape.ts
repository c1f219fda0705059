/**
 * How the bytes of a type become a TypeScript value: what is left of a C type when names of types,
 * qualifiers and the difference between an int and an enum are gone. `size` is in bytes.
 */
export type Shape =
  | IntegerShape
  | BitsShape
  | RecordShape
  | ListShape
  | { readonly kind: "boolean"; readonly size: number }
  | { readonly kind: "float"; readonly size: 4 | 8 }
  /** char[N]: a string up to the first NUL. */
  | { readonly kind: "text"; readonly size: number }
  /** u8[N] and whatever has no other reading: a Uint8Array. */
  | { readonly kind: "bytes"; readonly size: number };

/** A number up to 4 bytes, a bigint above. */
export interface IntegerShape {
  readonly kind: "integer";
  readonly size: 1 | 2 | 4 | 8 | 16;
  readonly signed: boolean;
}

/** A bit-field: `width` bits, the lowest at bit `shift` of its first byte. `size` bytes hold it. */
export interface BitsShape {
  readonly kind: "bits";
  readonly size: number;
  readonly shift: number;
  readonly width: number;
  readonly reading: "unsigned" | "signed" | "boolean";
}

export interface ListShape {
  readonly kind: "list";
  readonly size: number;
  readonly of: Shape;
  readonly count: number;
  /** Bytes from one element to the next where they are not side by side: values of CPUs. */
  readonly stride?: number;
}

/** A struct, or a union when its members share their place. */
export interface RecordShape {
  readonly kind: "record";
  readonly size: number;
  readonly union: boolean;
  readonly slots: readonly Slot[];
}

/** A member. A nameless one is a record whose members belong to the object around it. */
export interface Slot {
  readonly name: string;
  /** Bytes from the start of the record. */
  readonly offset: number;
  readonly shape: Shape;
}

/** The names that a slot gives to the object: its own, or those of the nameless record in it. */
export function slotNames(slot: Slot): readonly string[] {
  if (slot.name !== "" || slot.shape.kind !== "record") return [slot.name];
  return slot.shape.slots.flatMap(slotNames);
}

/** True when a value of the shape is written without being given: it has no bytes. */
export function isEmpty(shape: Shape): boolean {
  return shape.size === 0;
}

/** True when the shape ends in an array without a size (`char data[]`). */
export function isOpenEnded(shape: Shape): boolean {
  if (shape.kind !== "record") return false;
  const last = shape.slots.at(-1);
  if (last === undefined) return false;
  const array = last.shape.kind === "text" || last.shape.kind === "bytes" || last.shape.kind === "list";
  return (array && isEmpty(last.shape)) || isOpenEnded(last.shape);
}
