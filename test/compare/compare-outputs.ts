import type { ToolPair } from "./tool-pairs.ts";

export interface Verdict {
  readonly name: string;
  readonly same: boolean;
  /** Things seen: by bcc, by ours. */
  readonly counts: readonly [bcc: number, ours: number];
  readonly verdict: string;
  readonly details: readonly string[];
}

/** Compares what two tools printed: the same texts, or numbers near to each other. Nothing seen is no agreement. */
export function compareOutputs(pair: ToolPair, bcc: string, ours: string): Verdict {
  const [theirs, here] = [pair.read(bcc), pair.read(ours)];
  const { name, near } = pair;
  if (near !== undefined) {
    const [a = 0, b = 0] = [theirs, here].map((values) => Number(values[0] ?? 0));
    const same = a > 0 && b > 0 && Math.abs(a - b) <= near.by * Math.max(a, b);
    const verdict = `${same ? "near" : "FAR"}: within ${near.by * 100} % is expected, ${near.why}`;
    return { name, same, counts: [a, b], verdict, details: [] };
  }
  const onlyTheirs = without(theirs, here);
  const onlyOurs = without(here, theirs);
  const same = theirs.length > 0 && onlyTheirs.length + onlyOurs.length === 0;
  const details = [
    ...onlyTheirs.map((text) => `bcc only:  ${text}`),
    ...onlyOurs.map((text) => `ours only: ${text}`),
  ];
  return {
    name,
    same,
    counts: [theirs.length, here.length],
    verdict: same ? "the same" : "DIFFERENT",
    details,
  };
}

/** The texts that are left when each of the others takes an equal one away. */
export function without(texts: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
