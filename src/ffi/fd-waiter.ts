import { isMainThread } from "./main-thread.ts";
import { TimedPoll } from "./timed-poll.ts";
import { UvPoll } from "./uv-poll.ts";
import type { WakeSource } from "./wake-source.ts";

/**
 * Calls `onReadable` when a file descriptor is readable: once per wake-up, from setImmediate, again and
 * again while there is something to read. Whatever it throws is an uncaught exception, as in a timer.
 * Keeps the process alive until close() or unref().
 */
export class FdWaiter {
  readonly #source: WakeSource;
  readonly #onReadable: () => void;
  #pending = false;
  #paused = false;
  #closed = false;

  /** Waits at once. Throws SyscallError where the descriptor cannot be waited for (EPERM: a plain file). */
  constructor(fd: number, onReadable: () => void) {
    this.#onReadable = onReadable;
    const wake = () => this.#defer();
    this.#source = isMainThread() ? new UvPoll(fd, wake) : new TimedPoll(fd, wake);
    this.#source.start();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Stops the wake-ups until resume(), for a reader that cannot take more now. */
  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    this.#source.stop();
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#source.start();
  }

  /** Lets the process end although this waits. */
  unref(): this {
    this.#source.setRef(false);
    return this;
  }

  ref(): this {
    this.#source.setRef(true);
    return this;
  }

  /** Ends the waiting; no call of `onReadable` comes after it. May be called again. Leaves the fd open. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // A callback out of C costs microseconds and must not run the reader's code: the drain comes later.
  #defer(): void {
    if (this.#pending) return;
    this.#pending = true;
    setImmediate(() => {
      this.#pending = false;
      if (!this.#closed && !this.#paused) this.#onReadable();
    });
  }
}
