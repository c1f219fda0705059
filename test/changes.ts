/** Wakes those who wait for the next change of something, or for a time. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  /** The next change, or the end of that many milliseconds. */
  next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#listeners.add(done);
    });
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
