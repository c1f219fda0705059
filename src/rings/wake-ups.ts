import { FdWaiter } from "../ffi/fd-waiter.ts";

/** When a source is read. */
export interface Timing {
  /** Milliseconds from a wake-up to reading, in which events gather; 0 unless told. */
  readonly gatherMs?: number;
  /** A descriptor tells only once that it is readable: to whoever asks first, be it only to begin to wait. */
  readonly tellsOnce?: boolean;
  /** Milliseconds after which events are looked for although no wake-up came; never unless told. */
  readonly flushMs?: number | undefined;
}

/** Who is woken. */
export interface Sleeper {
  /** What becomes readable when there are events. */
  fds(): readonly number[];
  /** False when nobody waits for events. */
  isWanted(): boolean;
  /** Takes the events that are there. */
  look(): void;
}

/** When the events of a source are looked for, while somebody waits for them. */
export class WakeUps {
  readonly #sleeper: Sleeper;
  readonly #timing: Timing;
  readonly #gatherMs: number;
  #waiters: FdWaiter[] | undefined;
  #flush: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;

  constructor(sleeper: Sleeper, timing: Timing) {
    this.#sleeper = sleeper;
    this.#timing = timing;
    this.#gatherMs = timing.gatherMs ?? 0;
  }

  /** Begins, or goes on. `more`: the last look left events behind. */
  start(more: boolean): void {
    const first = this.#waiters === undefined;
    if (this.#waiters === undefined) {
      this.#waiters = this.#sleeper.fds().map((fd) => new FdWaiter(fd, () => this.#wake()));
    } else if (this.#gathering === undefined) {
      for (const waiter of this.#waiters) waiter.resume();
    }
    const { flushMs, tellsOnce } = this.#timing;
    const look = () => this.#sleeper.look();
    if (flushMs !== undefined) this.#flush ??= setInterval(look, flushMs);
    // Events that are there already may wake nobody. They are taken out in a later turn of the event loop, or a
    // flood would keep timers and signals from running; and after the loop has begun to wait, which it may do
    // only in its next turn.
    // Where events may be late, the flush finds them: looking at once would take them one by one.
    if (this.#gatherMs > 0) this.#wake();
    else if (flushMs === undefined || first || more) {
      setImmediate(tellsOnce ? () => setImmediate(look) : look);
    }
  }

  /** No wake-ups, and no reason to stay alive, while nobody waits. */
  rest(): void {
    for (const waiter of this.#waiters ?? []) waiter.pause();
    clearInterval(this.#flush);
    this.#flush = undefined;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
  }

  close(): void {
    this.rest();
    for (const waiter of this.#waiters ?? []) waiter.close();
  }

  /** While events gather, the kernel wakes nobody: a ring tells of events only to a reader who has read all. */
  #wake(): void {
    if (this.#gatherMs === 0) this.#sleeper.look();
    if (this.#gatherMs === 0 || this.#gathering !== undefined) return;
    for (const waiter of this.#waiters ?? []) waiter.pause();
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#sleeper.look();
      if (this.#sleeper.isWanted()) for (const waiter of this.#waiters ?? []) waiter.resume();
    }, this.#gatherMs);
  }
}
