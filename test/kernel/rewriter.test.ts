// Random programs follow pointers through our own memory; what they compute is known. BCC_TS_SEED repeats a run.
import { test } from "node:test";
import { chooseSeed } from "../unit/btf/random.ts";
import { runChecks, runRows } from "./differential/run-checks.ts";
import { needsFeature } from "./needs-feature.ts";

const CHECKS = 30;

test(`${CHECKS} random programs read what is there`, async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const seed = chooseSeed() % 1_000_000;
  console.log(`BCC_TS_SEED=${seed}`);
  await runChecks(seed, CHECKS);
});

test("rows of statements read members of kernel structs", async (t) => {
  if (!needsFeature(t, "raw tracepoints") || !needsFeature(t, "BTF")) return;
  const seed = chooseSeed() % 1_000_000;
  console.log(`BCC_TS_SEED=${seed}`);
  await runRows(seed, 8);
});
