/** How long is waited after the end was asked for. */
const PATIENCE_MS = 500;
/** No event of a flood takes this long. */
const SLOW_MS = 100;

/** How long events are still told after the end of a script was asked for: in a flood there is always one more. */
export class ScriptPatience {
  #deadline = Number.POSITIVE_INFINITY;
  /** When an event was told last. */
  #toldAt = 0;

  /** True once the end was asked for. */
  get limited(): boolean {
    return this.#deadline !== Number.POSITIVE_INFINITY;
  }

  /** From now on it is short. */
  limit(): void {
    this.#toldAt = performance.now();
    this.#deadline = this.#toldAt + PATIENCE_MS;
  }

  /** From now on it is endless. */
  lift(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** What takes long once, as reading the kernel's symbols for the first of them, is not the flood's time. */
  isOver(): boolean {
    const now = performance.now();
    const took = now - this.#toldAt;
    this.#toldAt = now;
    if (took > SLOW_MS) this.#deadline += took;
    return now >= this.#deadline;
  }
}
