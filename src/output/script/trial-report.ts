import type { ScriptEvent, TestResult } from "../../values/script-value.ts";

type Measured = Extract<ScriptEvent, { kind: "benchmark" }>;

export interface TestReport {
  /** Of all tests so far; the last is the one that has ended. */
  readonly results: readonly TestResult[];
  /** How many there are. */
  readonly of: number;
  readonly durationNs: number;
  /** What the test printed: shown where it fails. */
  readonly output: string;
}

/** The lines of a test that has ended; after the last one, which failed. */
export function testLines({ results, of, durationNs, output }: TestReport): string {
  const last = results.at(-1);
  if (last === undefined) return "";
  const head = results.length === 1 ? [`[==========] Running ${tests(of)}.`] : [];
  const said = last.passed ? [] : output.split("\n").filter((line) => line !== "");
  const verdict = last.passed ? "[       OK ]" : "[  FAILED  ]";
  const lines = [
    ...head,
    `[ RUN      ] ${last.name}`,
    ...said,
    `${verdict} ${last.name} (${duration(durationNs)})`,
    ...(results.length === of ? summary(results) : []),
  ];
  return `${lines.join("\n")}\n`;
}

function summary(results: readonly TestResult[]): string[] {
  const failed = results.filter(({ passed }) => !passed).map(({ name }) => `[  FAILED  ] ${name}`);
  const passed = results.length - failed.length;
  const lines = [`[==========] ${tests(results.length)} ran.`, `[  PASSED  ] ${tests(passed)}.`];
  return failed.length === 0
    ? lines
    : [...lines, `[  FAILED  ] ${tests(failed.length)}, listed below:`, ...failed];
}

function tests(count: number): string {
  return `${count} test${count === 1 ? "" : "s"}`;
}

const UNITS = [
  ["s", 1e9],
  ["ms", 1e6],
  ["us", 1e3],
] as const;

function duration(ns: number): string {
  const unit = UNITS.find(([, factor]) => ns >= factor);
  return unit === undefined ? `${ns} ns` : `${Math.floor(ns / unit[1])} ${unit[0]}`;
}

const COLUMNS = ["Benchmark", "Time(ns)", "Iterations"] as const;
const TIME_WIDTH = 15;
const LEAST_NAME_WIDTH = 40;

/** A row of the table of what was measured; its head before the first. */
export function benchmarkRow({ names, index, averageNs, runs }: Measured): string {
  const width = Math.max(LEAST_NAME_WIDTH, ...names.map(({ length }) => length)) + 1;
  const row = (name: string, time: string, count: string) =>
    `${name.padEnd(width)}${time.padEnd(TIME_WIDTH)}${count}\n`;
  const head = `${row(...COLUMNS)}${"-".repeat(width + TIME_WIDTH + COLUMNS[2].length)}\n`;
  return `${index === 0 ? head : ""}${row(names[index] ?? "", String(averageNs), String(runs))}`;
}
