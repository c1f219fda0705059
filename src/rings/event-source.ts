import { BpfError, ClosedError } from "../errors.ts";
import { FdWaiter } from "../ffi/fd-waiter.ts";
import { EventQueue } from "./event-queue.ts";
import { type Pollable, pollSources } from "./poll-sources.ts";

/** Is called with each event; `cpu` is -1 where the source does not know it. */
export type EventHandler<E> = (event: E, cpu: number) => void;

/** When a loop over events ends. */
export interface IterationOptions {
  /** Ends the iteration when it is aborted; the source stays open. */
  readonly signal?: AbortSignal | undefined;
}

/** Events taken out at once for an iteration; the others stay where they are until these are used up. */
const BATCH = 4096;
/** Milliseconds after which an incomplete batch of a source with sparse wake-ups is looked for. */
const FLUSH = 20;

/**
 * Events that come from the kernel through file descriptors, to be had in two ways:
 *
 * - `for await (const event of source)`: waits without blocking. Closing the source ends the loop.
 * - `source.on(handler)` with `source.poll(ms)`: blocks, as bcc's perf_buffer_poll() does.
 */
export abstract class EventSource<E> implements AsyncIterable<E>, Pollable {
  readonly name: string;
  readonly #handlers: EventHandler<E>[] = [];
  readonly #queue = new EventQueue<E>();
  #waiters: FdWaiter[] | undefined;
  #flush: NodeJS.Timeout | undefined;
  #draining = false;
  #closed = false;

  constructor(name: string) {
    this.name = name;
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

  /** True when wake-ups come only for every so many events. */
  protected get sparseWakeUps(): boolean {
    return false;
  }

  /** Milliseconds that a blocking wait may last although no wake-up comes. */
  get longestWait(): number {
    return this.sparseWakeUps ? FLUSH : Number.POSITIVE_INFINITY;
  }

  /** True after close(). */
  get closed(): boolean {
    return this.#closed;
  }

  /** Adds a handler that poll() and consume() call with each event. Gives the way to remove it. */
  on(handler: EventHandler<E>): () => void {
    this.#handlers.push(handler);
    return () => {
      const index = this.#handlers.indexOf(handler);
      if (index !== -1) this.#handlers.splice(index, 1);
    };
  }

  /** Calls the handlers with the events that are there, and gives their number. Never waits. */
  consume(): number {
    if (this.#closed) throw new ClosedError(this.name);
    if (this.#handlers.length === 0) {
      throw new BpfError("NO_HANDLER", `nothing handles the events of ${this.name}`, {
        hint: "Call on(handler) first, or use `for await`.",
      });
    }
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
    this.#rest();
    for (const waiter of this.#waiters ?? []) waiter.close();
    // A handler that closes is called in the middle of a drain, which still uses the memory.
    if (!this.#draining) this.release();
    this.#queue.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #next(signal: AbortSignal | undefined): Promise<IteratorResult<E, undefined>> {
    const next = this.#queue.next(signal);
    return this.#queue.hasWaiting ? this.#wakeFor(next) : next;
  }

  async #wakeFor<T>(next: Promise<T>): Promise<T> {
    this.#await();
    try {
      return await next;
    } finally {
      if (!this.#queue.hasWaiting) this.#rest();
    }
  }

  #await(): void {
    if (this.#waiters === undefined) {
      this.#waiters = this.fds.map((fd) => new FdWaiter(fd, () => this.#refill()));
    } else {
      for (const waiter of this.#waiters) waiter.resume();
    }
    if (this.sparseWakeUps) this.#flush ??= setInterval(() => this.#refill(), FLUSH);
    // Events that are there already may wake nobody: a perf event says only once that it is readable. They
    // are taken out in a later turn of the event loop, or a flood would keep timers and signals from running.
    setImmediate(() => this.#refill());
  }

  /** No wake-ups, and no reason to stay alive, while nobody waits. */
  #rest(): void {
    for (const waiter of this.#waiters ?? []) waiter.pause();
    clearInterval(this.#flush);
    this.#flush = undefined;
  }

  #refill(): void {
    if (this.#closed || !this.#queue.hasWaiting) return;
    try {
      this.#drain((event) => this.#queue.push(event), BATCH);
    } catch (error) {
      this.#queue.fail(error);
    }
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
    const [only, ...others] = this.#handlers;
    if (only !== undefined && others.length === 0) return only;
    const all = [...this.#handlers];
    return (event, cpu) => {
      for (const handler of all) handler(event, cpu);
    };
  }
}
