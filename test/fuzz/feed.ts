import { randomNumbers } from "../unit/btf/random.ts";
import type { Target } from "./targets.ts";

export interface FeedOptions {
  readonly seed: number;
  readonly count: number;
  /** Milliseconds that one input may take. */
  readonly limit?: number;
  /** Is told the number of each input before it is read. */
  readonly onInput?: (index: number) => void;
}

/** Input number `index` is made of the seed and its number alone, so that one can be fed again by itself. */
export function feedOne(
  feed: (random: ReturnType<typeof randomNumbers>) => void,
  seed: number,
  index: number,
) {
  feed(randomNumbers((seed + Math.imul(index, 0x9e3779b1)) >>> 0));
}

/** Feeds damaged inputs to a reader. Throws at the first that is neither read nor refused, or takes too long. */
export function feedTarget(target: Target, { seed, count, limit = 30_000, onInput }: FeedOptions): number {
  const feed = target.start();
  let slowest = 0;
  for (let index = 0; index < count; index++) {
    onInput?.(index);
    const begin = performance.now();
    try {
      feedOne(feed, seed, index);
    } catch (error) {
      const what = error instanceof Error ? error.stack : String(error);
      throw new Error(`${target.name}: input ${index} of seed ${seed}: ${what}`);
    }
    slowest = Math.max(slowest, performance.now() - begin);
    if (slowest > limit) throw new Error(`${target.name}: input ${index} of seed ${seed} took ${slowest} ms`);
  }
  return slowest;
}
