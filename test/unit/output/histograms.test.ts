import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linearHistogram } from "../../../src/output/linear-histogram.ts";
import { log2Histogram } from "../../../src/output/log2-histogram.ts";

interface Case {
  kind: "log2" | "linear";
  strip: boolean;
  counts: number[];
  text: string[];
}

// Recorded from bcc 0.26.
const recorded = new URL("../../../../test/cases/output/histograms.json", import.meta.url);
const cases = JSON.parse(readFileSync(recorded, "utf8")) as Case[];

for (const { kind, strip, counts, text } of cases) {
  test(`${kind}${strip ? ", stripped" : ""}: ${JSON.stringify(counts).slice(0, 60)}`, () => {
    const print = kind === "log2" ? log2Histogram : linearHistogram;
    const options = { label: "usecs", stripLeadingZeros: strip };
    assert.equal(print(counts, options), text.join("\n"));
    assert.equal(print(counts.map(BigInt), options), text.join("\n"));
  });
}

test("the label is value when none is given", () => {
  assert.match(log2Histogram([0, 1]), /^ {5}value {15}: count/);
});
