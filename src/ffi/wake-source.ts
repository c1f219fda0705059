/** Something that tells when a file descriptor is readable: one loop's way of doing it. */
export interface WakeSource {
  /** Calls `wake` once per turn of the loop in which the descriptor is readable, until stop(). */
  start(): void;
  stop(): void;
  /** Whether waiting keeps the process alive. */
  setRef(ref: boolean): void;
  /** Ends it for good. */
  close(): void;
}
