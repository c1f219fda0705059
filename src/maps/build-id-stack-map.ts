import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import { HashMap } from "./hash-map.ts";
import type { MapHandle } from "./map-handle.ts";

/** A frame: an offset in the file of that build id (`status` 1), or an address where it has none (2). */
export interface BuildIdFrame {
  readonly status: number;
  readonly build_id: Uint8Array;
  readonly offset: bigint;
  readonly ip: bigint;
}

const ID = codecOf<number>({ kind: "integer", size: 4, signed: true }, "int");

/**
 * User stacks that can be told without the process: frames by build id and offset, the innermost first
 * (BPF_STACK_TRACE_BUILDID, since Linux 4.17).
 *
 * @example
 * for (const { build_id, offset } of bpf.maps.buildIds.get(42) ?? []) console.log(build_id, offset);
 */
export class BuildIdStackMap extends HashMap<number, BuildIdFrame[]> {
  constructor(handle: MapHandle, value: Codec<{ trace: BuildIdFrame[] }>) {
    super(handle, { key: ID, value: framesOf(value) });
  }

  /** Undefined for ids that are no stack: get_stackid() gives a negative one when it fails. */
  override get(id: number): BuildIdFrame[] | undefined {
    return id < 0 ? undefined : super.get(id);
  }
}

/** Frames up to the first empty one, which follows the outermost. */
function framesOf(all: Codec<{ trace: BuildIdFrame[] }>): Codec<BuildIdFrame[]> {
  const cut = ({ trace }: { trace: BuildIdFrame[] }) => {
    const end = trace.findIndex(({ status }) => status === 0);
    return end === -1 ? trace : trace.slice(0, end);
  };
  return {
    size: all.size,
    typeName: all.typeName,
    decode: (view, offset) => cut(all.decode(view, offset)),
    decodeMany: (view, offset, stride, count) => all.decodeMany(view, offset, stride, count).map(cut),
    encode: (trace, view, offset) => all.encode({ trace }, view, offset),
  };
}
