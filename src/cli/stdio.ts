import type { Readable, Writable } from "node:stream";

/** What the commands talk to, so that tests can listen. */
export interface Stdio {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}
