import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonMap } from "../../../../src/output/script/json-value.ts";
import { mapText } from "../../../../src/output/script/map-text.ts";
import type { ScriptValue } from "../../../../src/values/script-value.ts";
import { hist, keyed, lhist, scalar, str } from "./values.ts";

const FULL = "@".repeat(52);
const HALF = "@".repeat(26).padEnd(52);
const NONE = " ".repeat(52);

/** Rows as [label, count, bar]. */
const rows: readonly (readonly [string, ScriptValue, readonly (readonly [string, number, string])[]])[] = [
  [
    "lhist",
    lhist([2, 3, 7, -1, 11], 0, 10, 2),
    [
      ["(..., 0)", 1, HALF],
      ["[0, 2)", 0, NONE],
      ["[2, 4)", 2, FULL],
      ["[4, 6)", 0, NONE],
      ["[6, 8)", 1, HALF],
      ["[8, 10)", 0, NONE],
      ["[10, ...)", 1, HALF],
    ],
  ],
  [
    "hist",
    hist([-5, 0, 1, 5, 5]),
    [
      ["(..., 0)", 1, HALF],
      ["[0]", 1, HALF],
      ["[1]", 1, HALF],
      ["[2, 4)", 0, NONE],
      ["[4, 8)", 2, FULL],
    ],
  ],
  [
    "suffixes",
    hist([1023, 1024, 2048, 5000]),
    [
      ["[512, 1K)", 1, FULL],
      ["[1K, 2K)", 1, FULL],
      ["[2K, 4K)", 1, FULL],
      ["[4K, 8K)", 1, FULL],
    ],
  ],
  ["large", hist([2n ** 63n]), [["[8E, 16E)", 1, FULL]]],
  ["giga", hist([10n * 2n ** 30n]), [["[8G, 16G)", 1, FULL]]],
  ["parts of powers keep the digits that tell them apart", hist([1030], 3), [["[1024, 1152)", 1, FULL]]],
  ["steps of kibibytes", lhist([2048], 0, 10240, 1024), [["[2K, 3K)", 1, FULL]]],
  ["steps of other widths", lhist([2048], 0, 8192, 2048 + 2), [["[0, 2050)", 1, FULL]]],
  [
    "parts of powers",
    hist([3, 4, 5, 8, 1300], 2),
    [
      ["[3]", 1, FULL],
      ["[4]", 1, FULL],
      ["[5]", 1, FULL],
      ["[6]", 0, NONE],
      ["[7]", 0, NONE],
      ["[8, 10)", 1, FULL],
    ],
  ],
  ["steps of a thousand", lhist([5000], 0, 10240, 1024), [["[4K, 5K)", 1, FULL]]],
  ["empty", lhist([], 0, 10, 2), []],
];

for (const [name, value, expected] of rows) {
  test(`rows: ${name}`, () => {
    const text = mapText(scalar("@", value)).split("\n");
    const lines = expected.map(
      ([label, count, bar]) => `${label.padEnd(16)}${String(count).padStart(8)} |${bar}|`,
    );
    assert.deepEqual(text.slice(0, lines.length + 1), ["@:", ...lines]);
    assert.equal(text.at(-1), "");
    assert.equal(text.at(-2), "");
  });
}

test("the last bucket of parts of powers", () => {
  const lines = mapText(scalar("@", hist([1300], 2))).split("\n");
  assert.match(lines[1] ?? "", /^\[1280, 1536\) {11}1 \|@{52}\|$/);
});

const json: readonly (readonly [ScriptValue, unknown])[] = [
  [hist([10n * 2n ** 30n]), [{ min: 8589934592, max: 17179869183, count: 1 }]],
  [
    hist([-1, 0, 2]),
    [
      { max: -1, count: 1 },
      { min: 0, max: 0, count: 1 },
      { min: 1, max: 1, count: 0 },
      { min: 2, max: 3, count: 1 },
    ],
  ],
  [
    lhist([85, 1000], 0, 100, 10),
    [
      { min: 80, max: 89, count: 1 },
      { min: 90, max: 99, count: 0 },
      { min: 100, count: 1 },
    ],
  ],
  [lhist([], 0, 100, 10), []],
];

for (const [value, expected] of json) {
  test(`JSON ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(JSON.parse(jsonMap(scalar("@h", value))), { "@h": expected });
  });
}

test("histograms with keys are in the order of all that they counted, and top keeps the last", () => {
  const map = keyed(
    "@",
    [[str("most")], hist([1, 1, 1])],
    [[str("few")], hist([9])],
    [[str("some")], hist([1, 2])],
  );
  const keys = (text: string) => [...text.matchAll(/^@\[(\w+)\]:$/gm)].map(([, key]) => key);
  assert.deepEqual(keys(mapText(map)), ["few", "some", "most"]);
  assert.deepEqual(keys(mapText(map, { top: 2 })), ["some", "most"]);
});
