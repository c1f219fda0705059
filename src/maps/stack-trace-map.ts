import type { Codec } from "../values/codec.ts";
import { codecOf } from "../values/compile-codec.ts";
import { HashMap } from "./hash-map.ts";
import type { MapHandle } from "./map-handle.ts";

const ID = codecOf<number>({ kind: "integer", size: 4, signed: true }, "int");

/**
 * Stacks by the id that get_stackid() gave: arrays of addresses, the innermost first (since Linux 4.6).
 *
 * @example
 * for (const address of bpf.maps.stacks.get(42) ?? []) console.log(bpf.ksym(address, { showOffset: true }));
 */
export class StackTraceMap extends HashMap<number, bigint[]> {
  constructor(handle: MapHandle) {
    super(handle, { key: ID, value: addressCodec(handle.valueSize / 8) });
  }

  /** As bcc's walk(): the addresses of a stack, the innermost first; none for an id that is no stack. */
  walk(id: number): bigint[] {
    return this.get(id) ?? [];
  }

  /** Undefined for ids that are no stack: get_stackid() gives a negative one when it fails. */
  override get(id: number): bigint[] | undefined {
    return id < 0 ? undefined : super.get(id);
  }
}

/** Addresses up to the first 0, which follows the outermost frame. */
function addressCodec(depth: number): Codec<bigint[]> {
  const of = { kind: "integer", size: 8, signed: false } as const;
  const all = codecOf<bigint[]>({ kind: "list", of, count: depth, size: depth * 8 }, `u64 [${depth}]`);
  const cut = (addresses: bigint[]) => {
    const end = addresses.indexOf(0n);
    return end === -1 ? addresses : addresses.slice(0, end);
  };
  return {
    size: all.size,
    typeName: all.typeName,
    decode: (view, offset) => cut(all.decode(view, offset)),
    decodeMany: (view, offset, stride, count) => all.decodeMany(view, offset, stride, count).map(cut),
    encode: (value, view, offset) => {
      const zeros = Array.from({ length: Math.max(0, depth - value.length) }, () => 0n);
      all.encode([...value, ...zeros], view, offset);
    },
  };
}
