// The short version of `npm run fuzz`: damaged inputs are read or refused with a BpfError. BCC_TS_SEED repeats a run.
import { test } from "node:test";
import { feedTarget } from "../../fuzz/feed.ts";
import { TARGETS } from "../../fuzz/targets.ts";
import { chooseSeed } from "../btf/random.ts";

const INPUTS = 500;
const seed = chooseSeed();
console.log(`BCC_TS_SEED=${seed}`);

for (const target of TARGETS) {
  test(`${target.name}: ${INPUTS} damaged inputs of seed ${seed} are read or refused`, () => {
    feedTarget(target, { seed, count: INPUTS });
  });
}
