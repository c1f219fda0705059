import type { Measure, Result } from "./contest.ts";
import { median } from "./median.ts";

/** The median of some rounds, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A line of the table: one cost, ours and a peer's. Less is better. */
export interface Row {
  readonly title: string;
  readonly unit: string;
  readonly ours: Spread;
  /** Undefined where no peer took part. */
  readonly peer?: { readonly name: string; readonly cost: Spread; readonly ratio: number };
}

/** A row for each metric and peer. */
export function rowsOf({ work, measures }: Result): Row[] {
  const [first = "", ...peers] = work.contestants.map(({ name }) => name);
  return work.metrics.flatMap(({ key, title, unit }): Row[] => {
    const ours = spread(measures.get(first) ?? [], key);
    if (ours === undefined) return [];
    const rows = peers.flatMap((name): Row[] => {
      const cost = spread(measures.get(name) ?? [], key);
      if (cost === undefined) return [];
      return [{ title, unit, ours, peer: { name, cost, ratio: ours.median / cost.median } }];
    });
    return rows.length > 0 ? rows : [{ title, unit, ours }];
  });
}

function spread(measures: readonly Measure[], key: string): Spread | undefined {
  const values = measures.flatMap((measure) => measure[key] ?? []);
  if (values.length === 0) return undefined;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
