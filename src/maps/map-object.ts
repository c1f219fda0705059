import { ClosedError } from "../errors.ts";
import type { MapHandle } from "./map-handle.ts";

/** What objects that stand for a map have in common, whatever is in it. */
export abstract class MapObject {
  readonly handle: MapHandle;
  #closed = false;

  constructor(handle: MapHandle) {
    this.handle = handle;
  }

  /** The name that the C text gives it. */
  get name(): string {
    return this.handle.name;
  }

  /** Ends the use of this object; the map itself belongs to who loaded it. May be called again. */
  close(): void {
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Throws ClosedError after close(). */
  protected openFd(): number {
    if (this.#closed) throw new ClosedError(`map ${this.name}`);
    return this.handle.fd;
  }
}
