import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonMap } from "../../../../src/output/script/json-value.ts";
import { mapText } from "../../../../src/output/script/map-text.ts";
import type { ScriptValue } from "../../../../src/values/script-value.ts";
import { scalar } from "./values.ts";

const MS = 1_000_000n;

function series(
  values: readonly (number | undefined)[],
  intervalNs = 100n * MS,
  from = 500n * MS,
): ScriptValue {
  const points = values.map((value, at) => ({
    start: from + BigInt(at) * intervalNs,
    value: value === undefined ? undefined : BigInt(value),
  }));
  return { kind: "tseries", signed: true, how: "last", intervalNs, points };
}

const at = (column: number, zero?: number): string => {
  const line = ["|", ...Array<string>(51).fill(" "), "|"];
  if (zero !== undefined) line[zero] = ".";
  line[column] = "*";
  return line.join("");
};

test("a chart over negative and positive values", () => {
  const hour = String(new Date(0).getHours()).padStart(2, "0");
  const minutes = String(new Date(0).getMinutes()).padStart(2, "0");
  const time = `${hour}:${minutes}:00`;
  assert.deepEqual(mapText(scalar("@", series([-5, -4, 0, 5, undefined]))).split("\n"), [
    "@:",
    `             -5${"5".padStart(51)}`,
    `hh:mm:ss.ms  |${"_".repeat(51)}|`,
    `${time}.500 ${at(0, 26)} -5`,
    `${time}.600 ${at(5, 26)} -4`,
    `${time}.700 ${at(26)} 0`,
    `${time}.800 ${at(52, 26)} 5`,
    `${time}.900 |${" ".repeat(25)}.${" ".repeat(25)}| -`,
    `             v${"_".repeat(51)}v`,
    `             -5${"5".padStart(51)}`,
    "",
    "",
  ]);
});

test("one value stands in the middle", () => {
  const lines = mapText(scalar("@", series([4, 4], 1000n * MS))).split("\n");
  assert.equal(lines[1], `         3${"5".padStart(52)}`);
  assert.equal(lines[2], `hh:mm:ss |${"_".repeat(51)}|`);
  assert.ok(lines[3]?.endsWith(`${at(26)} 4`), lines[3]);
});

test("nothing was seen", () => {
  assert.equal(mapText(scalar("@", series([undefined]))), "@:\n<no data>\n\n");
});

test("JSON has times to the nanosecond", () => {
  assert.deepEqual(JSON.parse(jsonMap(scalar("@a", series([9, 8])))), {
    "@a": [
      { interval_start: "1970-01-01 00:00:00.500000000", value: 9 },
      { interval_start: "1970-01-01 00:00:00.600000000", value: 8 },
    ],
  });
});
