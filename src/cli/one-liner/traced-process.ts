import { processStat } from "../../kernel/process-stat.ts";
import { UsageError } from "./usage-error.ts";

const LOOK_MS = 200;

/** The process of -p: where it ends, so does the script, for there is nothing left to trace. */
export class TracedProcess {
  readonly ended: Promise<void>;
  readonly #timer: NodeJS.Timeout;

  /** @throws UsageError when there is no such process */
  constructor(pid: number) {
    const started = startOf(pid);
    if (started === undefined) throw new UsageError(`there is no process ${pid} to trace`);
    let tell: () => void = () => {};
    this.ended = new Promise((resolve) => {
      tell = resolve;
    });
    this.#timer = setInterval(() => {
      if (startOf(pid) === started) return;
      this.close();
      tell();
    }, LOOK_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** When it was started, which tells it from a later one of the same number; undefined for one that has ended. */
function startOf(pid: number): string | undefined {
  try {
    const { 0: state, 19: start } = processStat(pid);
    return state === "Z" || state === "X" ? undefined : start;
  } catch {
    return undefined; // Gone, or hidden from us.
  }
}
