import { before, test } from "node:test";
import { seededRandom } from "./c-types.ts";
import { type ClangConstant, checkAnyBytes, checkConstant, clangConstants } from "./clang-constants.ts";

// clang lays constants of random types out in memory; the codecs must read and write the same bytes.
const seed = Number(process.env.BCC_TS_SEED ?? Date.now() % 1_000_000);
const TYPES = 60;

let constants: ClangConstant[] = [];

before(() => {
  console.log(`BCC_TS_SEED=${seed}`);
  constants = clangConstants(seed, TYPES);
});

for (let index = 0; index < TYPES; index++) {
  test(`type ${index} of seed ${seed} is read and written as clang lays it out`, () => {
    checkConstant(constants[index] as ClangConstant);
  });
  test(`type ${index} of seed ${seed} keeps what any bytes mean`, () => {
    const random = seededRandom(seed + index);
    for (let round = 0; round < 5; round++) checkAnyBytes(constants[index] as ClangConstant, random);
  });
}
