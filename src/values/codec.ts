/**
 * Reads and writes values of one type in memory, at any alignment. Encoding writes every byte of the
 * value's `size`, padding as zero, because hash map keys compare all bytes.
 */
export interface Codec<T = unknown> {
  /** Bytes. */
  readonly size: number;
  /** The C spelling, for messages. */
  readonly typeName: string;
  decode(view: DataView, offset: number): T;
  /** Throws ValueError when the value does not fit the type. */
  encode(value: T, view: DataView, offset: number): void;
}
