/**
 * Gives the elements of one chunk after the other. A class and not a generator, because next() is called
 * for every entry of a map: this takes half the time.
 */
export class ChunkIterator<T> implements IterableIterator<T> {
  private readonly chunks: Iterator<T[], void>;
  private chunk: T[] = [];
  private at = 0;

  constructor(chunks: Iterator<T[], void>) {
    this.chunks = chunks;
  }

  next(): IteratorResult<T, undefined> {
    while (this.at >= this.chunk.length) {
      const { value, done } = this.chunks.next();
      if (done === true || value === undefined) return { value: undefined, done: true };
      this.chunk = value;
      this.at = 0;
    }
    return { value: this.chunk[this.at++] as T, done: false };
  }

  return(): IteratorResult<T, undefined> {
    this.chunk = [];
    this.chunks.return?.();
    return { value: undefined, done: true };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
