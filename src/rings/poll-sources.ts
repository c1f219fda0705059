import { pollBlocking } from "../ffi/poll-blocking.ts";

/** What a blocking wait needs of a source of events. */
export interface Pollable {
  readonly fds: readonly number[];
  readonly closed: boolean;
  /** Milliseconds after which to look for events although no wake-up came. */
  readonly longestWait: number;
  /** Milliseconds from a wake-up to reading, in which events gather. */
  readonly gatherMs: number;
  /** Handles the events that are there, and gives their number. */
  consume(): number;
}

/**
 * Blocks until one of several rings has events or the time is over (-1: no end); their handlers are called
 * with the events. Gives the number of events, which may be 0 before the time is over, after a signal for
 * instance.
 */
export function pollSources(sources: readonly Pollable[], timeoutMs = -1): number {
  const begin = timeoutMs < 0 ? 0 : performance.now();
  const longest = Math.min(...sources.map((source) => source.longestWait));
  for (;;) {
    const count = consumeAll(sources);
    const left = timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs - (performance.now() - begin);
    if (count > 0 || left <= 0 || sources.every((source) => source.closed)) return count;
    const wait = Math.min(left, longest);
    if (pollBlocking(fdsOf(sources), wait)) {
      const gather = Math.min(left, ...sources.map((source) => source.gatherMs));
      if (gather > 0) pollBlocking(NONE, gather);
      return consumeAll(sources);
    }
    if (wait === left) return 0;
  }
}

const NONE: readonly number[] = [];

function fdsOf(sources: readonly Pollable[]): readonly number[] {
  const [only] = sources;
  // The same list each time, which needs no preparing.
  if (sources.length === 1 && only !== undefined) return only.closed ? NONE : only.fds;
  return sources.flatMap((source) => (source.closed ? [] : source.fds));
}

function consumeAll(sources: readonly Pollable[]): number {
  let count = 0;
  for (const source of sources) if (!source.closed) count += source.consume();
  return count;
}
