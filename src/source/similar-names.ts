/**
 * The names that look most like a mistyped one, best first: names that contain it, then names within a
 * small edit distance. Runs over tens of thousands of names, hence the cheap bounds before the distance.
 */
export function similarNames(wanted: string, names: Iterable<string>, most = 5): string[] {
  const scored: { name: string; score: number }[] = [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  for (const name of names) {
    if (name === wanted) continue;
    if (wanted.length >= 4 && name.includes(wanted)) {
      scored.push({ name, score: 0.5 + (name.length - wanted.length) / 100 });
      continue;
    }
    if (Math.abs(name.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, name, limit);
    if (distance <= limit) scored.push({ name, score: distance });
  }
  scored.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  return scored.slice(0, most).map((s) => s.name);
}

/** Levenshtein's distance with swaps of neighbours counted once; gives limit + 1 when it is larger. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}
