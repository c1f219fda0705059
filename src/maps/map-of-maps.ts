import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import type { Codec } from "../values/codec.ts";
import { HashMap } from "./hash-map.ts";
import type { MapHandle } from "./map-handle.ts";
import { descriptorCodec } from "./program-array.ts";

/** A map as one that holds maps gives and takes it. */
interface InnerMap {
  readonly handle: MapHandle;
  close(): void;
}

/**
 * Maps in a map (BPF_ARRAY_OF_MAPS, BPF_HASH_OF_MAPS; since Linux 4.12). `set` takes a map of the kind that the
 * declaration names, of this or of another program; `get` opens the one that is there, and the outer map's
 * close() closes it.
 *
 * @example
 * bpf.maps.perDay.set(0, bpf.maps.monday);
 * bpf.maps.perDay.get(0)?.get(process.pid);
 */
export class MapOfMaps<K, M extends InnerMap> extends HashMap<K, M> {
  readonly #opened = new Map<number, M>();

  /** `wrap` makes the object for an inner map that was opened as `fd`. */
  constructor(handle: MapHandle, key: Codec<K>, wrap: (fd: number) => M) {
    super(handle, { key, value: descriptorCodec<M>("map", (id) => this.#open(id, wrap)) });
  }

  /** Closes the inner maps that `get` opened, too. May be called again. */
  override close(): void {
    super.close();
    for (const map of this.#opened.values()) {
      map.close();
      closeFd(map.handle.fd);
    }
    this.#opened.clear();
  }

  #open(id: number, wrap: (fd: number) => M): M {
    let map = this.#opened.get(id);
    if (map === undefined) {
      map = wrap(checked(`open the map ${id}`, libbpf().bpf_map_get_fd_by_id(id)));
      this.#opened.set(id, map);
    }
    return map;
  }
}
