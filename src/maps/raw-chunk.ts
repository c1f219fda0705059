import type { MapHandle } from "./map-handle.ts";

/** Entries as bytes: `count` keys and values, each array without gaps. Valid until the next one is read. */
export interface RawChunk {
  readonly keys: DataView;
  readonly values: DataView;
  readonly count: number;
}

/** A map as the readers of chunks see it. */
export interface RawMap {
  readonly handle: MapHandle;
  /** Bytes from one value to the next in a batch. */
  readonly valueStride: number;
  /** The file descriptor. Throws ClosedError after close(). */
  openFd(): number;
}
