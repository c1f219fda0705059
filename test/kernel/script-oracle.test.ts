// Random scripts run in the kernel and evaluated in this process tell the same. BCC_TS_SEED repeats a run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSeeds } from "../script-oracle/check-script.ts";
import { expressionScript, statementScript } from "../script-oracle/random-script.ts";
import { needsFeature } from "./needs-feature.ts";

/** Under emulation the verifier takes minutes for what evaluated-cases.test.ts shows there in a few small scripts. */
const IN_GUEST = process.env.BCC_TS_TEST_GUEST !== undefined;

// Seeds whose scripts the kernel's verifier is soon done with.
for (const [title, make, least, usual] of [
  ["expressions", expressionScript, 10_000, 100],
  ["statements", statementScript, 72, 1],
] as const) {
  test(`${least} random ${title} come to the same in the kernel and evaluated`, async (t) => {
    if (IN_GUEST) return t.skip("random scripts are for this machine's kernel");
    if (!needsFeature(t, "raw tracepoints")) return;
    // The same scripts each time: a difference that others have is for `npm run oracle` to find, with a new seed.
    const seed = Number(process.env.BCC_TS_SEED ?? usual);
    console.log(`BCC_TS_SEED=${seed}`);
    const { cases, refused } = await checkSeeds(make, seed, least);
    assert.ok(refused * 20 < cases, `${refused} of ${cases + refused} are no scripts`);
  });
}
