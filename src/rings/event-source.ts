import { BpfError, ClosedError } from "../errors.ts";
import { EventQueue } from "./event-queue.ts";
import { type Pollable, pollSources } from "./poll-sources.ts";
import { type Timing, WakeUps } from "./wake-ups.ts";

/** Is called with each event; `cpu` is -1 where the source does not know it. */
export type EventHandler<E> = (event: E, cpu: number) => void;

/** A call of run() that has not ended. */
interface Run {
  readonly end: () => void;
  readonly reject: (error: unknown) => void;
}

/** When a loop over events ends. */
export interface IterationOptions {
  /** Ends the iteration when it is aborted; the source stays open. */
  readonly signal?: AbortSignal | undefined;
}

/** Events taken out at once for an iteration; the others stay where they are until these are used up. */
const BATCH = 4096;

/**
 * Events that come from the kernel through file descriptors, to be had in three ways:
 *
 * - `for await (const event of source)`: waits without blocking. Closing the source ends the loop. With
 *   `source.batches()` it goes round once for many events.
 * - `source.on(handler)` with `source.run()`: the same by a function, three times as fast in a flood.
 * - `source.on(handler)` with `source.poll(ms)`: blocks, as bcc's perf_buffer_poll() does.
 */
export abstract class EventSource<E> implements AsyncIterable<E>, Pollable {
  readonly name: string;
  readonly #handlers: EventHandler<E>[] = [];
  readonly #queue = new EventQueue<E>();
  readonly #runs = new Set<Run>();
  readonly #timing: Timing;
  readonly #wakeUps: WakeUps;
  #draining = false;
  /** The last look ended at its limit: there is more. */
  #more = false;
  #closed = false;

  constructor(name: string, timing: Timing = {}) {
    this.name = name;
    this.#timing = timing;
    const look = () => this.#refill();
    this.#wakeUps = new WakeUps({ fds: () => this.fds, isWanted: () => this.#wanted, look }, timing);
  }

  /** What becomes readable when there are events. */
  abstract readonly fds: readonly number[];

  /** Events that got lost because there was no room for them, as far as they were counted. */
  abstract get lost(): number;

  /**
   * Gives the events that are there now, at most about `limit`, and their number. Whatever `emit` throws
   * is passed on, and the event counts as given.
   */
  protected abstract drain(emit: EventHandler<E>, limit: number): number;

  /** Gives memory and file descriptors back; is called once, and never during a drain. */
  protected abstract release(): void;

  /** Milliseconds that a blocking wait may last although no wake-up comes. */
  get longestWait(): number {
    return this.#timing.flushMs ?? Number.POSITIVE_INFINITY;
  }

  /** Milliseconds from a wake-up to reading. */
  get gatherMs(): number {
    return this.#timing.gatherMs ?? 0;
  }

  /** True when a handler was given. */
  get handled(): boolean {
    return this.#handlers.length > 0;
  }

  /** True after close(). */
  get closed(): boolean {
    return this.#closed;
  }

  /** Adds a handler that run(), poll() and consume() call with each event. Gives the way to remove it. */
  on(handler: EventHandler<E>): () => void {
    this.#handlers.push(handler);
    return () => {
      const index = this.#handlers.indexOf(handler);
      if (index !== -1) this.#handlers.splice(index, 1);
    };
  }

  /** Calls the handlers with the events that are there, and gives their number. Never waits. */
  consume(): number {
    this.#checkHandled();
    const before = this.#queue.takeAll();
    const handle = this.#handler();
    for (const event of before) handle(event, -1);
    return this.#closed ? before.length : before.length + this.#drain(handle, Number.POSITIVE_INFINITY);
  }

  /**
   * Blocks until there are events or the time is over (-1: no end), and calls the handlers with them. Gives
   * their number, which may be 0 before the time is over. Timers and promises stand still meanwhile.
   */
  poll(timeoutMs = -1): number {
    return pollSources([this], timeoutMs);
  }

  /**
   * Calls the handlers with events as they come, without blocking: resolves when the source is closed or the
   * signal aborted, rejects with what a handler throws. Loops over the source get nothing meanwhile.
   */
  run({ signal }: IterationOptions = {}): Promise<void> {
    this.#checkHandled();
    if (signal?.aborted) return Promise.resolve();
    const ended = new Promise<void>((resolve, reject) => {
      const end = () => {
        this.#runs.delete(run);
        signal?.removeEventListener("abort", end);
        this.#restIfIdle();
        resolve();
      };
      const run: Run = { end, reject };
      this.#runs.add(run);
      signal?.addEventListener("abort", end, { once: true });
    });
    try {
      const handle = this.#handler();
      for (const event of this.#queue.takeAll()) handle(event, -1);
      if (!this.#closed) this.#wakeUps.start(this.#more);
    } catch (error) {
      this.#fail(error);
    }
    return ended;
  }

  /** The events in arrays of those that were there, up to 4096: in a flood much less work than one by one. */
  batches({ signal }: IterationOptions = {}): AsyncIterableIterator<E[]> {
    const next = async (): Promise<IteratorResult<E[], undefined>> => {
      const first = await this.#next(signal);
      if (first.done) return first;
      const events = this.#queue.takeAll();
      events.unshift(first.value);
      return { value: events, done: false };
    };
    const iterator: AsyncIterableIterator<E[]> = {
      next,
      return: () => Promise.resolve({ value: undefined, done: true }),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** The events, until the source is closed or the signal aborted. Several loops share them. */
  events({ signal }: IterationOptions = {}): AsyncIterableIterator<E> {
    const iterator: AsyncIterableIterator<E> = {
      next: () => this.#next(signal),
      return: () => Promise.resolve({ value: undefined, done: true }),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<E> {
    return this.events();
  }

  /** Ends everything; loops over the events end. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakeUps.close();
    // A handler that closes is called in the middle of a drain, which still uses the memory.
    if (!this.#draining) this.release();
    this.#queue.end();
    for (const run of this.#runs) run.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #next(signal: AbortSignal | undefined): Promise<IteratorResult<E, undefined>> {
    const next = this.#queue.next(signal);
    return this.#queue.hasWaiting ? this.#wakeFor(next) : next;
  }

  async #wakeFor<T>(next: Promise<T>): Promise<T> {
    this.#wakeUps.start(this.#more);
    try {
      return await next;
    } finally {
      this.#restIfIdle();
    }
  }

  get #wanted(): boolean {
    return !this.#closed && (this.#queue.hasWaiting || this.#runs.size > 0);
  }

  #restIfIdle(): void {
    if (!this.#wanted) this.#wakeUps.rest();
  }

  #refill(): void {
    if (!this.#wanted) return;
    try {
      const emit: EventHandler<E> =
        this.#runs.size > 0 ? this.#handler() : (event) => this.#queue.push(event);
      this.#more = this.#drain(emit, BATCH) >= BATCH;
      if (this.#more) setImmediate(() => this.#refill());
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#runs.size === 0) this.#queue.fail(error);
    for (const run of this.#runs) {
      run.reject(error);
      run.end();
    }
  }

  #checkHandled(): void {
    if (this.#closed) throw new ClosedError(this.name);
    if (this.handled) return;
    throw new BpfError("NO_HANDLER", `nothing handles the events of ${this.name}`, {
      hint: "Call on(handler) first, or use `for await`.",
    });
  }

  /** A handler that asks for events itself gets none: the drain around it goes on after it. */
  #drain(emit: EventHandler<E>, limit: number): number {
    if (this.#draining) return 0;
    this.#draining = true;
    try {
      return this.drain(emit, limit);
    } finally {
      this.#draining = false;
      if (this.#closed) this.release();
    }
  }

  /** One function that calls all handlers; the only one itself, since this is done for every event. */
  #handler(): EventHandler<E> {
    const only = this.#handlers[0];
    if (only !== undefined && this.#handlers.length === 1) return only;
    const all = [...this.#handlers];
    return (event, cpu) => {
      for (const handler of all) handler(event, cpu);
    };
  }
}
