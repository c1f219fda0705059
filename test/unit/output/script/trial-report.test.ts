// What --test and --bench print.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptPrinter } from "../../../../src/output/script/script-printer.ts";
import { benchmarkRow, testLines } from "../../../../src/output/script/trial-report.ts";

const PASSED = { name: "adds", passed: true };
const FAILED = { name: "asks", passed: false };

test("a test that passes says nothing but that, the first one how many there are", () => {
  const lines = testLines({ results: [PASSED], of: 2, durationNs: 999, output: "quiet\n" });
  const expected = ["[==========] Running 2 tests.", "[ RUN      ] adds", "[       OK ] adds (999 ns)", ""];
  assert.deepEqual(lines.split("\n"), expected);
});

test("a test that fails shows what it printed, and the last one sums up", () => {
  const lines = testLines({
    results: [PASSED, FAILED],
    of: 2,
    durationNs: 1_999_999,
    output: "one\n\ntwo\n",
  });
  const expected = [
    "[ RUN      ] asks",
    "one",
    "two",
    "[  FAILED  ] asks (1 ms)",
    "[==========] 2 tests ran.",
    "[  PASSED  ] 1 test.",
    "[  FAILED  ] 1 test, listed below:",
    "[  FAILED  ] asks",
    "",
  ];
  assert.deepEqual(lines.split("\n"), expected);
});

test("measured blocks stand in a table", () => {
  const names = ["count", "n".repeat(45)];
  assert.deepEqual(
    benchmarkRow({ kind: "benchmark", names, index: 0, averageNs: 40, runs: 1000 }).split("\n"),
    [
      `Benchmark${" ".repeat(37)}Time(ns)       Iterations`,
      "-".repeat(71),
      `count${" ".repeat(41)}40             1000`,
      "",
    ],
  );
  const second = benchmarkRow({ kind: "benchmark", names, index: 1, averageNs: 5, runs: 7 });
  assert.equal(second, `${"n".repeat(45)} 5              7\n`);
});

test("as JSON", () => {
  const printer = scriptPrinter({ format: "json", quiet: false, warnings: true, line: () => undefined });
  const report = { results: [PASSED, FAILED], of: 2, durationNs: 12, output: "one\n" };
  assert.equal(
    printer.print({ kind: "test", ...report }).stdout,
    '{"type": "test_result", "data": {"asks": {"duration": 12, "passed": false, "output": "one\\n"}}}\n',
  );
  const measured = { kind: "benchmark", names: ["count"], index: 0, averageNs: 40, runs: 1000 } as const;
  assert.equal(
    printer.print(measured).stdout,
    '{"type": "benchmark_result", "data": {"count": {"average": 40, "iters": 1000}}}\n',
  );
});
