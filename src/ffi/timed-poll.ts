import { readableNow } from "./poll-blocking.ts";
import type { WakeSource } from "./wake-source.ts";

/** Between looks while something arrives, and the longest that it becomes while nothing does. */
const SHORTEST_MS = 1;
const LONGEST_MS = 8;

const started = new Set<TimedPoll>();
let timer: NodeJS.Timeout | undefined;
let interval = SHORTEST_MS;

/**
 * Wake-ups for a worker thread, whose event loop cannot be reached from here: all file descriptors are
 * looked at together, every millisecond while there is something to read and every 8 ms at rest. (A wait
 * on the thread pool would be quicker, but node aborts when a worker ends during such a call.)
 */
export class TimedPoll implements WakeSource {
  readonly #fd: number;
  readonly #wake: () => void;
  #ref = true;
  #open = true;

  constructor(fd: number, wake: () => void) {
    this.#fd = fd;
    this.#wake = wake;
  }

  start(): void {
    if (!this.#open) return;
    started.add(this);
    interval = SHORTEST_MS;
    schedule();
  }

  stop(): void {
    started.delete(this);
    schedule();
  }

  setRef(ref: boolean): void {
    this.#ref = ref;
    schedule();
  }

  close(): void {
    this.#open = false;
    this.stop();
  }

  static look(): void {
    timer = undefined;
    const sources = [...started];
    const readable = new Set(readableNow(sources.map((source) => source.#fd)));
    interval = readable.size > 0 ? SHORTEST_MS : Math.min(interval * 2, LONGEST_MS);
    for (const source of sources) if (readable.has(source.#fd)) source.#wake();
    schedule();
  }

  static holdsProcess(): boolean {
    for (const source of started) if (source.#ref) return true;
    return false;
  }
}

function schedule(): void {
  if (started.size === 0) {
    clearTimeout(timer);
    timer = undefined;
    return;
  }
  timer ??= setTimeout(TimedPoll.look, interval);
  if (TimedPoll.holdsProcess()) timer.ref();
  else timer.unref();
}
