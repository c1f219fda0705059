import assert from "node:assert/strict";
import { test } from "node:test";
import { soak } from "./soak.ts";

// The same for longer: npm run soak -- --seconds 3600
const SECONDS = 60;
/** What V8 may take more of for a while, without an end. */
const SLACK_MIB = 12;

test("a minute of 100,000 events a second: each arrives or is counted, and memory stays", async () => {
  const result = await soak(SECONDS, 100_000, () => {});
  const { ring, perf, refused, lost, wrong, middleMib, lastMib } = result;
  assert.equal(ring.sent + perf.sent, SECONDS * 100_000);
  assert.equal(wrong, 0);
  assert.equal(ring.read + perf.read + refused, ring.sent + perf.sent);
  assert.equal(lost, refused);
  assert(lastMib <= middleMib + SLACK_MIB, `${middleMib} MiB, then ${lastMib} MiB`);
  console.log(JSON.stringify(result));
});
