import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import { HashMap } from "./hash-map.ts";
import type { MapHandle } from "./map-handle.ts";

const ID = codecOf<number>({ kind: "integer", size: 4, signed: true }, "int");

const MOST = 0x7fffffff;

/** Stacks by the id that get_stackid() gave: lists of frames, the innermost first. */
export abstract class StackMap<Frame> extends HashMap<number, Frame[]> {
  constructor(handle: MapHandle, value: Codec<Frame[]>) {
    super(handle, { key: ID, value });
  }

  /** Undefined for ids that are no stack: get_stackid() gives a negative one when it fails, which a u32 makes large. */
  override get(id: number): Frame[] | undefined {
    return id < 0 || id > MOST ? undefined : super.get(id);
  }
}

/** Frames up to the first empty one, which follows the outermost: a map's values have room for the deepest stack. */
export function framesCodec<All, Frame>(
  all: Codec<All>,
  frames: (all: All) => Frame[],
  isEmpty: (frame: Frame) => boolean,
  filled: (frames: Frame[]) => All,
): Codec<Frame[]> {
  const cut = (value: All) => {
    const list = frames(value);
    const end = list.findIndex(isEmpty);
    return end === -1 ? list : list.slice(0, end);
  };
  return {
    size: all.size,
    typeName: all.typeName,
    decode: (view, offset) => cut(all.decode(view, offset)),
    decodeMany: (view, offset, stride, count) => all.decodeMany(view, offset, stride, count).map(cut),
    encode: (value, view, offset) => all.encode(filled(value), view, offset),
  };
}
