/**
 * Reads and writes values of one type in memory, at any alignment. Encoding writes every byte of the
 * value's `size`, padding as zero, because hash map keys compare all bytes.
 */
export interface Codec<T = unknown> {
  /** Bytes. */
  readonly size: number;
  /** The C spelling, for messages. */
  readonly typeName: string;
  /** True when the type ends in an array without a size, so that a value in memory may be longer. */
  readonly openEnded?: boolean;
  decode(view: DataView, offset: number): T;
  /** `count` values, `stride` bytes apart; faster than as many calls of `decode`. */
  decodeMany(view: DataView, offset: number, stride: number, count: number): T[];
  /** Throws ValueError when the value does not fit the type. */
  encode(value: T, view: DataView, offset: number): void;
}
