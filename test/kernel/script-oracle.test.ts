// Random scripts run in the kernel and evaluated in this process tell the same. BCC_TS_SEED repeats a run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSeeds } from "../script-oracle/check-script.ts";
import { expressionScript, statementScript } from "../script-oracle/random-script.ts";
import { chooseSeed } from "../unit/btf/random.ts";
import { needsFeature } from "./needs-feature.ts";

/** Under emulation the verifier takes minutes for what evaluated-cases.test.ts shows there in a few small scripts. */
const IN_GUEST = process.env.BCC_TS_TEST_GUEST !== undefined;

for (const [title, make, least] of [
  ["expressions", expressionScript, 10_000],
  ["statements", statementScript, 96],
] as const) {
  test(`${least} random ${title} come to the same in the kernel and evaluated`, async (t) => {
    if (IN_GUEST) return t.skip("random scripts are for this machine's kernel");
    if (!needsFeature(t, "raw tracepoints")) return;
    const seed = chooseSeed() % 1_000_000;
    console.log(`BCC_TS_SEED=${seed}`);
    const { cases, refused } = await checkSeeds(make, seed, least);
    assert.ok(refused * 20 < cases, `${refused} of ${cases + refused} are no scripts`);
  });
}
