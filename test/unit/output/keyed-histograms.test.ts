import assert from "node:assert/strict";
import { test } from "node:test";
import { log2HistogramData, log2Histograms } from "../../../src/index.ts";

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

test("as data, in bcc's words", () => {
  const entries: [{ disk: string; slot: bigint }, bigint][] = [
    [{ disk: "vda", slot: 3n }, 2n],
    [{ disk: "vda", slot: 1n }, 5n],
    [{ disk: "vdb", slot: 0n }, 1n],
  ];
  assert.deepEqual(log2HistogramData(entries, { label: "usecs", title: ({ disk }) => disk }), [
    {
      title: "vda",
      val_type: "usecs",
      data: [
        { "interval-start": 0, "interval-end": 1, count: 5 },
        { "interval-start": 2, "interval-end": 3, count: 0 },
        { "interval-start": 4, "interval-end": 7, count: 2 },
      ],
    },
    { title: "vdb", val_type: "usecs", data: [] },
  ]);
});
