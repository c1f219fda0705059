import assert from "node:assert/strict";
import { test } from "node:test";
import { compareOutputs } from "../../compare/compare-outputs.ts";

const read = (output: string) => output.split(" ").filter((word) => word !== "");
const pair = { name: "x", options: [], steps: "", read };

const CASES: readonly [bcc: string, ours: string, same: boolean, details: readonly string[]][] = [
  ["a b b", "b a b", true, []],
  ["", "", false, []],
  ["a b b", "a b c", false, ["bcc only:  b", "ours only: c"]],
];

for (const [bcc, ours, same, details] of CASES) {
  test(`'${bcc}' and '${ours}'`, () => {
    const verdict = compareOutputs(pair, bcc, ours);
    assert.deepEqual([verdict.same, verdict.details], [same, details]);
  });
}

test("numbers may be near", () => {
  const near = { ...pair, near: { by: 0.1, why: "" } };
  assert.equal(compareOutputs(near, "100", "95").same, true);
  assert.equal(compareOutputs(near, "100", "85").same, false);
  assert.equal(compareOutputs(near, "0", "0").same, false);
});
