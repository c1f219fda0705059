// The differential test of the rewriter over many seeds: BCC_TS_SEED is the first, BCC_TS_ROUNDS how many (100).
import { test } from "node:test";
import { runChecks, runRows } from "../kernel/differential/run-checks.ts";
import { chooseSeed } from "../unit/btf/random.ts";

const ROUNDS = Number(process.env.BCC_TS_ROUNDS ?? 100);
const CHECKS = 100;

test(`${ROUNDS} times ${CHECKS} random programs read what is there`, async () => {
  const first = chooseSeed() % 1_000_000;
  console.log(`BCC_TS_SEED=${first}`);
  for (let seed = first; seed < first + ROUNDS; seed++) await runChecks(seed, CHECKS);
});

test(`${ROUNDS} times rows of statements read members of kernel structs`, async () => {
  const first = chooseSeed() % 1_000_000;
  console.log(`BCC_TS_SEED=${first}`);
  for (let seed = first; seed < first + ROUNDS; seed++) await runRows(seed, 20);
});
