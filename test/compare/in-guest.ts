// Run by main.ts in a guest: starts all pairs of tools, lets the activity happen once, and compares.
import { spawnSync } from "node:child_process";
import { release } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { packageFile } from "../../src/package-root.ts";
import { startCli, TestProcess } from "../cli-process.ts";
import { idsHeldBy } from "../kernel/kernel-ids.ts";
import { ACTIVITY } from "./activity-text.ts";
import { compareOutputs, type Verdict } from "./compare-outputs.ts";
import { makeDisk } from "./make-disk.ts";
import { PAIRS, type ToolPair } from "./tool-pairs.ts";

const PYTHON = "/usr/bin/python3";
const [directory = "", ...names] = process.argv.slice(2);
const pairs = PAIRS.filter(({ name }) => names.length === 0 || names.includes(name));

interface Started {
  readonly ours: TestProcess;
  readonly theirs?: TestProcess;
  /** Why bcc's tool does not run. */
  readonly problem?: string;
}

makeDisk();
using activity = new TestProcess(PYTHON, ["-c", ACTIVITY, directory]);
await activity.until("ready", () => activity.lines.length > 0);
const bccVersion = spawnSync(PYTHON, ["-c", "import bcc; print(bcc.__version__)"]).stdout.toString().trim();
console.log(`Linux ${release()}, bcc ${bccVersion}`);
console.log("tool        bcc  ours  verdict");
for (const pair of pairs) {
  // Each is told at once: under emulation bcc's compiler takes minutes.
  const { name, counts, verdict, details, same } = await comparePair(pair).catch((error: Error) =>
    failure(pair, error),
  );
  console.log(
    `${name.padEnd(10)} ${counts.map((count) => String(count).padStart(4)).join("  ")}  ${verdict}`,
  );
  for (const line of details) console.log(`  ${line}`);
  if (!same) process.exitCode = 1;
}
activity.child.stdin?.end();

async function comparePair(pair: ToolPair): Promise<Verdict> {
  const { theirs, ours, problem = "" } = await start(pair);
  if (theirs === undefined) {
    await end(ours);
    const details = problem.split("\n").filter((line) => /error/i.test(line));
    return { name: pair.name, same: true, counts: [0, 0], verdict: "bcc's does not run here", details };
  }
  await sleep(2000); // Profilers print their first line before they sample.
  const before = activity.lines.length;
  activity.child.stdin?.write(`${pair.steps}\n`);
  await activity.until("its end", () => activity.lines.length > before);
  await sleep(1000);
  const { report } = pair;
  for (const tool of report === undefined ? [] : [theirs, ours]) {
    const known = reports(tool, report ?? /^/);
    await tool.until("two more reports", () => reports(tool, report ?? /^/) >= known + 2);
  }
  const [bcc, here] = await Promise.all([end(theirs), end(ours)]);
  return compareOutputs(pair, bcc, here);
}

function failure({ name }: ToolPair, { message }: Error): Verdict {
  return { name, same: false, counts: [0, 0], verdict: "does not run", details: message.split("\n") };
}

async function start(pair: ToolPair): Promise<Started> {
  const words = pair.options.map((word) => (word === "PID" ? String(activity.pid) : word));
  const script = packageFile("examples", "tools", `${pair.name}.ts`);
  const ours = startCli(["run", script, "--", ...words]);
  const theirs = new TestProcess(PYTHON, ["-u", `/usr/sbin/${pair.name}-bpfcc`, ...words]);
  // Folded output has no header: then it is ready when the kernel has its program.
  const ready = (tool: TestProcess) =>
    words.includes("-f")
      ? loaded(tool)
      : tool.until(`${pair.name}'s first line`, () => tool.lines.length > 0);
  try {
    await ready(ours);
    // Where bcc itself does not run, as its sslsniff with newer headers, nothing can be compared.
    const problem = await ready(theirs).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (problem !== undefined) return { ours, problem };
    return { theirs, ours };
  } catch (error) {
    for (const tool of [ours, theirs]) tool[Symbol.dispose]();
    throw error;
  }
}

function reports(tool: TestProcess, begin: RegExp): number {
  return tool.lines.filter((line) => begin.test(line)).length;
}

async function loaded(tool: TestProcess): Promise<void> {
  for (let i = 0; i < 3000 && tool.child.exitCode === null; i++) {
    if (idsHeldBy(tool.pid).programs.length > 0) return;
    await sleep(200);
  }
  throw new Error(`loaded no program:\n${tool.stderr}`);
}

async function end(tool: TestProcess): Promise<string> {
  const { stdout, stderr } = await tool.end("SIGINT");
  const problems = stderr
    .split("\n")
    .filter((line) => /error|lost|WARN/i.test(line) && !/KeyboardInterrupt/.test(line));
  for (const line of problems) console.log(`stderr: ${line}`);
  return stdout.toString();
}
