import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import type { MapHandle } from "./map-handle.ts";
import { framesCodec, StackMap } from "./stack-map.ts";

/**
 * Stacks by the id that get_stackid() gave: arrays of addresses, the innermost first (since Linux 4.6).
 *
 * @example
 * for (const address of bpf.maps.stacks.get(42) ?? []) console.log(bpf.ksym(address, { showOffset: true }));
 */
export class StackTraceMap extends StackMap<bigint> {
  constructor(handle: MapHandle) {
    super(handle, addressCodec(handle.valueSize / 8));
  }

  /** As bcc's walk(): the addresses of a stack, the innermost first; none for an id that is no stack. */
  walk(id: number): bigint[] {
    return this.get(id) ?? [];
  }
}

function addressCodec(depth: number): Codec<bigint[]> {
  const of = { kind: "integer", size: 8, signed: false } as const;
  const all = codecOf<bigint[]>({ kind: "list", of, count: depth, size: depth * 8 }, `u64 [${depth}]`);
  return framesCodec(
    all,
    (addresses) => addresses,
    (address) => address === 0n,
    (addresses) => [...addresses, ...Array.from({ length: Math.max(0, depth - addresses.length) }, () => 0n)],
  );
}
