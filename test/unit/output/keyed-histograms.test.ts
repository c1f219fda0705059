import assert from "node:assert/strict";
import { test } from "node:test";
import { log2Histograms } from "../../../src/index.ts";

test("one histogram for each title", () => {
  const entries: [{ disk: string; slot: bigint }, bigint][] = [
    [{ disk: "b", slot: 2n }, 3n],
    [{ disk: "a", slot: 1n }, 1n],
    [{ disk: "b", slot: 1n }, 1n],
    [{ disk: "b", slot: 2n }, 1n],
  ];
  const text = log2Histograms(entries, { label: "usecs", title: ({ disk }) => `disk = ${disk}` });
  assert.equal(
    text,
    `
disk = b
     usecs               : count     distribution
         0 -> 1          : 1        |**********                              |
         2 -> 3          : 4        |****************************************|

disk = a
     usecs               : count     distribution
         0 -> 1          : 1        |****************************************|
`,
  );
  assert.equal(log2Histograms([], { title: () => "" }), "");
});
