/** How often, and until when. */
export interface IntervalOptions {
  /** Seconds between two turns. Without them there is one turn, at the end. */
  readonly seconds?: number | undefined;
  /** Turns; no end unless told. */
  readonly count?: number | undefined;
  /** Ends the loop as Ctrl-C does: with one more turn. */
  readonly signal?: AbortSignal | undefined;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * One turn after each interval, and one at Ctrl-C (or SIGTERM), which ends the loop: whatever a script says at the
 * end it says there. A second Ctrl-C ends the process as usual.
 *
 * @example
 * for await (const turn of intervals({ seconds: 5, count: 3 })) console.log(turn, bpf.maps.counts.readAndClear());
 */
export async function* intervals({
  seconds = Number.POSITIVE_INFINITY,
  count = Number.POSITIVE_INFINITY,
  signal,
}: IntervalOptions = {}): AsyncGenerator<number, void> {
  const interruption = new AbortController();
  const interrupt = () => {
    unlisten();
    interruption.abort();
  };
  const unlisten = () => {
    for (const name of SIGNALS) process.off(name, interrupt);
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  const end = () => interruption.abort();
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end);
  try {
    const start = performance.now();
    for (let turn = 1; turn <= count; turn++) {
      await until(start + turn * seconds * 1000, interruption.signal);
      const last = interruption.signal.aborted;
      yield turn;
      if (last) return;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    unlisten();
  }
}

function until(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const wait = () => {
      const left = time - performance.now();
      if (left <= 0) done();
      else timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMER));
    };
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
    else wait();
  });
}
