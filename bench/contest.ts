/** What one contestant costs, by the keys of a work's metrics. */
export type Measure = Readonly<Record<string, number>>;

/** One way of doing a piece of work; `undefined` for what it does not measure. */
export interface Contestant {
  readonly name: string;
  measure(): Promise<Measure>;
}

/** A contestant that is not there, and why. */
export interface Absent {
  readonly name: string;
  readonly reason: string;
}

/** Something that a work costs. Less is better in all of them. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
}

/** A piece of work that ours and the peers do; ours is the first contestant. */
export interface Work {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly contestants: readonly (Contestant | Absent)[];
  /** Rounds of this work, where fewer than for others are enough. */
  readonly mostRounds?: number;
}

/** What a round of a work has given, contestant by contestant. */
export interface Result {
  readonly work: Work;
  readonly measures: ReadonlyMap<string, readonly Measure[]>;
  /** Those that did not take part, with the reason. */
  readonly skipped: readonly Absent[];
}

/**
 * Lets all contestants do a work in turns, so that whatever else the machine does meets all of them. One that
 * fails is left out from then on, with what it said.
 */
export async function inTurns(work: Work, rounds: number, tell: (what: string) => void): Promise<Result> {
  const skipped: Absent[] = [];
  const measures = new Map<string, Measure[]>();
  let left = work.contestants.filter((each): each is Contestant => {
    if ("reason" in each) skipped.push(each);
    return !("reason" in each);
  });
  for (let round = 0; round < Math.min(rounds, work.mostRounds ?? rounds); round++) {
    for (const contestant of left) {
      tell(`${work.name}, round ${round + 1}: ${contestant.name}`);
      try {
        const measure = await contestant.measure();
        measures.set(contestant.name, [...(measures.get(contestant.name) ?? []), measure]);
      } catch (error) {
        skipped.push({ name: contestant.name, reason: (error as Error).message });
        left = left.filter((each) => each !== contestant);
      }
    }
  }
  return { work, measures, skipped };
}
