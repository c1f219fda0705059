import type { Codec } from "../values/codec.ts";
import type { MapHandle } from "./map-handle.ts";
import { framesCodec, StackMap } from "./stack-map.ts";

/** A frame: an offset in the file of that build id (`status` 1), or an address where it has none (2). */
export interface BuildIdFrame {
  readonly status: number;
  readonly build_id: Uint8Array;
  readonly offset: bigint;
  readonly ip: bigint;
}

/**
 * User stacks that can be told without the process: frames by build id and offset, the innermost first
 * (BPF_STACK_TRACE_BUILDID, since Linux 4.17).
 *
 * @example
 * for (const { build_id, offset } of bpf.maps.buildIds.get(42) ?? []) console.log(build_id, offset);
 */
export class BuildIdStackMap extends StackMap<BuildIdFrame> {
  constructor(handle: MapHandle, value: Codec<{ trace: BuildIdFrame[] }>) {
    const isEmpty = ({ status }: BuildIdFrame) => status === 0;
    super(
      handle,
      framesCodec(
        value,
        ({ trace }) => trace,
        isEmpty,
        (trace) => ({ trace }),
      ),
    );
  }
}
