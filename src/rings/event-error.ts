import { BpfError } from "../errors.ts";

/** A record of a ring is not an event of the type that the ring is read as. `bytes` is a copy of it. */
export class EventError extends BpfError {
  readonly ring: string;
  readonly bytes: Uint8Array;

  constructor(ring: string, bytes: Uint8Array, expected: string) {
    super("EVENT", `ring ${ring}: a record of ${bytes.length} bytes is not ${expected}`, {
      hint: "Events of several types share the ring, or only a part is submitted: read it as bytes.",
    });
    this.ring = ring;
    this.bytes = bytes;
  }
}
