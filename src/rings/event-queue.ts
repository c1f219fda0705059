type Result<E> = IteratorResult<E, undefined>;

interface Waiting<E> {
  readonly resolve: (result: Result<E>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE = { value: undefined, done: true } as const;

/** Between events that are pushed and iterations that ask for them; an error comes after what was pushed. */
export class EventQueue<E> {
  #events: E[] = [];
  #first = 0;
  readonly #waiting = new Set<Waiting<E>>();
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  push(event: E): void {
    const waiting = this.#takeWaiting();
    if (waiting === undefined) this.#events.push(event);
    else waiting.resolve({ value: event, done: false });
  }

  /** The next event, when there is one. An aborted signal ends the waiting without an event. */
  next(signal?: AbortSignal): Promise<Result<E>> {
    if (signal?.aborted) return Promise.resolve(DONE);
    if (this.#first < this.#events.length) {
      const value = this.#events[this.#first++] as E;
      if (this.#first === this.#events.length) this.#clear();
      return Promise.resolve({ value, done: false });
    }
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    return this.#ended ? Promise.resolve(DONE) : this.#wait(signal);
  }

  /** All events that nobody has asked for. */
  takeAll(): E[] {
    if (this.#events.length === 0) return [];
    const events = this.#events.slice(this.#first);
    this.#clear();
    return events;
  }

  fail(error: unknown): void {
    const waiting = this.#takeWaiting();
    if (waiting === undefined) this.#failure ??= { error };
    else waiting.reject(error);
  }

  /** Whoever waits gets no more; what was pushed can still be had. */
  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting) waiting.resolve(DONE);
    this.#waiting.clear();
  }

  #wait(signal: AbortSignal | undefined): Promise<Result<E>> {
    return new Promise((resolve, reject) => {
      if (signal === undefined) {
        this.#waiting.add({ resolve, reject });
        return;
      }
      const onAbort = () => {
        this.#waiting.delete(waiting);
        resolve(DONE);
      };
      const settled = () => signal.removeEventListener("abort", onAbort);
      const waiting: Waiting<E> = {
        resolve: (result) => {
          settled();
          resolve(result);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiting);
    });
  }

  /** The one that has waited longest. */
  #takeWaiting(): Waiting<E> | undefined {
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      return waiting;
    }
    return undefined;
  }

  #clear(): void {
    this.#events = [];
    this.#first = 0;
  }
}
