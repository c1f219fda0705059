// Run by main.ts, in a guest or on this machine: bpftrace and ours run each program on the same activity.
import { spawnSync } from "node:child_process";
import { release } from "node:os";
import { TestProcess } from "../../cli-process.ts";
import { ACTIVITY } from "../activity-text.ts";
import { without } from "../compare-outputs.ts";
import { makeDisk } from "../make-disk.ts";
import { applyChanges } from "./changes.ts";
import { compareTools } from "./compare-tools.ts";
import { blocks, type OneLiner } from "./one-liner.ts";
import { OWN } from "./own.ts";
import { type Outputs, runBeside } from "./run-beside.ts";
import { TUTORIAL } from "./tutorial.ts";

const [directory = "", what = "", ...names] = process.argv.slice(2);

/** Of outputs that differ so much is shown. */
const SHOWN = 1500;
/** What is told of a program that does not run. */
const FAILED = /ERROR: (?!.*RLIMIT_MEMLOCK)/;

makeDisk();
using activity = new TestProcess("/usr/bin/python3", ["-c", ACTIVITY, directory]);
await activity.until("ready", () => activity.lines.length > 0);
const version = spawnSync("bpftrace", ["--version"]).stdout.toString().trim();
console.log(`Linux ${release()}, ${version}`);
if (what !== "tools") await comparePrograms();
if (what !== "programs" && !(await compareTools(activity, names))) process.exitCode = 1;
activity.child.stdin?.end();

async function comparePrograms(): Promise<void> {
  console.log(`${"program".padEnd(32)} theirs  ours  verdict`);
  for (const program of [...TUTORIAL, ...OWN]) {
    if (names.length > 0 && !names.some((each) => program.name.includes(each))) continue;
    try {
      tell(program, await run(program));
    } catch (error) {
      process.exitCode = 1;
      console.log(`${program.name.padEnd(32)} does not run: ${(error as Error).message}`);
    }
  }
}

async function run({ text, words = [], steps = "", ends = false }: OneLiner): Promise<Outputs> {
  const filled = (word: string) =>
    word.replace(/\bPID\b/g, `${activity.pid}`).replaceAll("DIRECTORY", directory);
  const isOption = words.some((word) => word.startsWith("-"));
  const program = text === "" ? [] : ["-e", filled(text)];
  // Positional parameters stand after the program.
  const all = isOption ? [...words.map(filled), ...program] : [...program, ...words.map(filled)];
  return runBeside(activity, { words: ["--no-warnings", ...all], steps, ends });
}

function tell({ name, read = blocks, since = [], near }: OneLiner, { bpftrace, ours }: Outputs): void {
  const { text: spelled, reasons } = applyChanges(bpftrace, since);
  const [theirs, here] = [read(spelled), read(ours)];
  const row = (counts: readonly (number | string)[], verdict: string) =>
    console.log(`${name.padEnd(32)} ${counts.map((each) => String(each).padStart(6)).join("")}  ${verdict}`);
  if ([bpftrace, ours].every((output) => FAILED.test(output))) {
    row([0, 0], "NEITHER RUNS");
    fail([bpftrace, ours].flatMap((output) => output.split("\n").filter((line) => FAILED.test(line))));
    return;
  }
  if (near !== undefined) {
    const [a = 0, b = 0] = [theirs, here].map((values) => Number(values[0] ?? 0));
    const same = a > 0 && b > 0 && Math.abs(a - b) <= near.by * Math.max(a, b);
    row([a, b], `${same ? "near" : "FAR"}: within ${near.by * 100} % is expected, ${near.why}`);
    if (!same) fail([bpftrace, ours]);
    return;
  }
  const missing = without(theirs, here);
  const added = without(here, theirs);
  const same = theirs.length > 0 && missing.length + added.length === 0;
  const verdict = same ? "the same" : "DIFFERENT";
  row([theirs.length, here.length], [verdict, ...reasons].join("; "));
  if (same) return;
  fail([
    ...missing.map((each) => `bpftrace only: ${each}`),
    ...added.map((each) => `ours only:     ${each}`),
    ...[bpftrace, ours].map((output) => output.slice(0, SHOWN)),
  ]);
}

function fail(lines: readonly string[]): void {
  process.exitCode = 1;
  for (const line of lines) console.log(`  ${line.trimEnd().replaceAll("\n", "\n    ")}`);
}
