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
    const table = new Map(counts.map((count, slot) => [BigInt(slot), count] as const).reverse());
    assert.equal(print(table, options), text.join("\n"));
  });
}

test("the label is value when none is given", () => {
  assert.match(log2Histogram([0, 1]), /^ {5}value {15}: count/);
});

test("what is counted beyond the last line is not left out in silence", () => {
  assert.throws(() => linearHistogram(new Map([[5000, 1]])), /no slot 5000/);
  assert.throws(() => linearHistogram(new Map([[-1, 1]])), /no slot -1/);
  assert.match(
    linearHistogram(
      new Map([
        [5000, 0],
        [1, 2],
      ]),
    ),
    /1 {10}: 2 /,
  );
});
