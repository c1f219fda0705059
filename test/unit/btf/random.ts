/** A small generator of repeatable random numbers (mulberry32), so that a failing run can be run again. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % limit;
  };
}

/** The seed of this run: BCC_TS_SEED, or a new one. */
export function chooseSeed(): number {
  const given = process.env.BCC_TS_SEED;
  return given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
}
