import { BpfError } from "../errors.ts";
import type { Codec } from "../values/codec.ts";
import { CompiledCodec, codecOf } from "../values/compile-codec.ts";
import type { Shape, Slot } from "../values/shape.ts";
import { EventError } from "./event-error.ts";
import {
  copyBytes,
  type EventTag,
  type RecordDecoder,
  type RecordOptions,
  recordDecoder,
} from "./record-decoder.ts";

/** The decoder that the options of a buffer ask for. */
export function eventDecoder<E>(
  buffer: string,
  { codec = [], tag, mayBePart }: RecordOptions<E>,
  padded?: (size: number) => number,
): RecordDecoder<E> {
  if (tag === undefined) return recordDecoder(buffer, codec, padded, mayBePart);
  return taggedDecoder(buffer, "decode" in codec ? [codec] : codec, tag);
}

/** Chooses the type by the value of a member that all types have. */
function taggedDecoder<E>(buffer: string, codecs: readonly Codec<E>[], tag: EventTag): RecordDecoder<E> {
  const byValue = new Map(
    Object.entries(tag.types).map(([value, name]) => [Number(value), typeNamed(buffer, codecs, name)]),
  );
  const places = [...byValue.values()].map((codec) => memberOf(buffer, codec, tag.member));
  const [place] = places;
  if (place === undefined) throw badTag(buffer, "it names no type");
  if (places.some(({ offset, shape }) => offset !== place.offset || shape.size !== place.shape.size)) {
    throw badTag(buffer, `${tag.member} is not at the same place in all types`);
  }
  const { offset: at, shape } = place;
  const read = codecOf<number | bigint>(shape as Shape, tag.member);
  return (view, offset, size) => {
    const value = size >= at + shape.size ? Number(read.decode(view, offset + at)) : undefined;
    const codec = value === undefined ? undefined : byValue.get(value);
    if (codec !== undefined && size >= codec.size) return codec.decode(view, offset);
    const expected = codec === undefined ? `an event with a known ${tag.member} (${value})` : codec.typeName;
    throw new EventError(buffer, copyBytes(view, offset, size), expected);
  };
}

function typeNamed<E>(buffer: string, codecs: readonly Codec<E>[], name: string): Codec<E> {
  const found = codecs.find(({ typeName }) => typeName === name || typeName === `struct ${name}`);
  if (found !== undefined) return found;
  const known = codecs.map(({ typeName }) => typeName).join(", ") || "none";
  throw badTag(buffer, `no event of it has the type ${name}; there are: ${known}`);
}

function memberOf<E>(buffer: string, codec: Codec<E>, member: string): Slot {
  const shape = codec instanceof CompiledCodec ? (codec.shape as Shape) : undefined;
  const slot = shape?.kind === "record" ? shape.slots.find(({ name }) => name === member) : undefined;
  if (slot?.shape.kind === "integer") return slot;
  throw badTag(buffer, `${codec.typeName} has no whole number ${member}`);
}

function badTag(buffer: string, problem: string): BpfError {
  return new BpfError("EVENT_TAG", `ring ${buffer}: the tag does not fit: ${problem}`, {
    hint: 'A tag is { member: "kind", types: { 1: "open_event", 2: "close_event" } }.',
  });
}
