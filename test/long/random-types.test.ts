// The property test of values over many seeds: BCC_TS_SEED is the first, BCC_TS_ROUNDS how many (200).
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSeed } from "../unit/btf/random.ts";
import { seededRandom } from "../unit/values/c-types.ts";
import { checkAnyBytes, checkConstant, clangConstants } from "../unit/values/clang-constants.ts";

const ROUNDS = Number(process.env.BCC_TS_ROUNDS ?? 200);
const TYPES = 60;

test(`${ROUNDS} times ${TYPES} random types are read and written as clang lays them out`, () => {
  const first = chooseSeed() % 1_000_000;
  for (let seed = first; seed < first + ROUNDS; seed++) {
    const random = seededRandom(seed);
    for (const constant of clangConstants(seed, TYPES)) {
      try {
        checkConstant(constant);
        for (let round = 0; round < 50; round++) checkAnyBytes(constant, random);
      } catch (error) {
        assert.fail(`seed ${seed}, ${constant.tag}: ${(error as Error).stack}`);
      }
    }
  }
});
