import { BpfError } from "./errors.ts";
import { HelperMethods } from "./helper-methods.ts";
import type { EventSource, IterationOptions } from "./rings/event-source.ts";
import { pollSources } from "./rings/poll-sources.ts";

/** The part of Bpf that calls the handlers of its ring and perf buffers. */
export abstract class EventMethods extends HelperMethods {
  /** All ring and perf buffers. Throws ClosedError. */
  protected abstract openRings(): readonly EventSource<unknown>[];

  /**
   * Blocks until a buffer that has a handler (`bpf.rings.events.on(...)`) has events or the time is over, and calls
   * the handlers: one wait for all of them, as bcc's perf_buffer_poll and ring_buffer_poll. Gives the number of
   * events.
   *
   * @throws BpfError "NO_HANDLER" where no buffer has one; ClosedError
   */
  poll(timeoutMs = -1): number {
    return pollSources(this.#handledRings(), timeoutMs);
  }

  /** Calls the handlers with the events that are there, of all buffers; gives their number. Never waits. */
  consume(): number {
    return this.#handledRings().reduce((count, ring) => count + ring.consume(), 0);
  }

  /**
   * Calls the handlers of all buffers with events as they come, without blocking, until the signal is aborted or
   * the program closed. Rejects with what a handler throws.
   *
   * @throws BpfError "NO_HANDLER" where no buffer has a handler; ClosedError
   * @example
   * bpf.rings.events.on(({ pid, comm }) => console.log(pid, comm));
   * await bpf.run({ signal: AbortSignal.timeout(10_000) });
   */
  async run(options: IterationOptions = {}): Promise<void> {
    await Promise.all(this.#handledRings().map((ring) => ring.run(options)));
  }

  #handledRings(): EventSource<unknown>[] {
    const rings = this.openRings().filter((ring) => ring.handled);
    if (rings.length > 0) return rings;
    const hint = "Give one first: bpf.rings.NAME.on(handler).";
    throw new BpfError("NO_HANDLER", "no ring or perf buffer has a handler", { hint });
  }
}
