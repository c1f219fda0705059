import type { Codec } from "../values/codec.ts";
import { EventError } from "./event-error.ts";

/** Makes the event of a record: `size` bytes at `offset`. */
export type RecordDecoder<E> = (view: DataView, offset: number, size: number) => E;

/** How late events may be. */
export interface WakeUpOptions {
  /**
   * Milliseconds that an event may wait for others before the reader is woken: a traced program that sends many
   * is slowed less. 0 unless told.
   */
  readonly maxLatencyMs?: number | undefined;
}

/** The member by which events of several types that share a buffer are told apart. */
export interface EventTag {
  /** Its name; all types have it at the same place. */
  readonly member: string;
  /** By its value the name of the C type: `{ 1: "open_event" }` stands for `struct open_event`. */
  readonly types: Readonly<Record<number, string>>;
}

/** What the options of a ring or perf buffer say of its events. */
export interface RecordOptions<E> {
  /**
   * The type of the events; without one they are bytes. Several types are told apart by their sizes, and an
   * event whose size fits two of them is given as bytes: see `tag`.
   */
  readonly codec?: Codec<E> | readonly Codec<E>[] | undefined;
  /** How several types are told apart where their sizes do not. */
  readonly tag?: EventTag | undefined;
  /** The program tells the sizes of its events as it runs: where they have one type, what is not sent is zero. */
  readonly mayBePart?: boolean | undefined;
  /** Counts the events that found no room, where the program that sends them does. */
  readonly countLost?: (() => number) | undefined;
}

/**
 * The decoder of a buffer's records. `padded` tells the size that the kernel gives to a record of so many
 * bytes: perf buffers round it up. Throws EventError for records of no known size.
 */
export function recordDecoder<E>(
  buffer: string,
  codec: RecordOptions<E>["codec"] = [],
  padded: (size: number) => number = (size) => size,
  mayBePart = false,
): RecordDecoder<E> {
  const codecs = "decode" in codec ? [codec] : codec;
  const [only] = codecs;
  if (only === undefined) return copyBytes as RecordDecoder<unknown> as RecordDecoder<E>;
  const fits = (codec: Codec<E>) => {
    const [exact, rounded, open] = [codec.size, padded(codec.size), codec.openEnded === true];
    return (size: number) => size === exact || size === rounded || (open && size > exact);
  };
  const candidates = codecs.map((codec) => ({ codec, fits: fits(codec) }));
  let warned = false;
  const otherwise = (view: DataView, offset: number, size: number): E => {
    const fitting = candidates.filter((each) => each.fits(size));
    const [first] = fitting;
    if (fitting.length === 1 && first !== undefined) return first.codec.decode(view, offset);
    const bytes = copyBytes(view, offset, size);
    if (fitting.length > 1) {
      if (!warned)
        warnAlike(
          buffer,
          fitting.map((each) => each.codec.typeName),
        );
      warned = true;
      return bytes as E;
    }
    throw new EventError(
      buffer,
      bytes,
      codecs.map((each) => `${each.typeName} (${each.size} bytes)`).join(" or "),
    );
  };
  if (codecs.length > 1) return otherwise;
  const [exact, rounded] = [only.size, padded(only.size)];
  if (mayBePart) {
    return (view, offset, size) => {
      if (size >= exact) return size <= rounded ? only.decode(view, offset) : otherwise(view, offset, size);
      const whole = new Uint8Array(exact);
      whole.set(copyBytes(view, offset, size));
      return only.decode(new DataView(whole.buffer), 0);
    };
  }
  return (view, offset, size) =>
    size === exact || size === rounded ? only.decode(view, offset) : otherwise(view, offset, size);
}

/** The types that are inferred from the text say otherwise. */
function warnAlike(buffer: string, types: readonly string[]): void {
  const option = `buffers: { ${buffer}: { tag: { member: "kind", types: { 1: "${types[0]?.replace("struct ", "")}", ... } } } }`;
  process.emitWarning(
    `${buffer}: events of the types ${types.join(" and ")} have one size and are given as bytes; ${option} tells them apart`,
    { code: "BCC_TS_EVENTS_ALIKE" },
  );
}

/** A copy, byte by byte, because the views of mapped memory give no byte arrays away. */
export function copyBytes(view: DataView, offset: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = view.getUint8(offset + index);
  return bytes;
}
