// Run by main.ts in a guest: starts all pairs of tools, lets the activity happen once, and compares.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
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

const bccTools = new WeakSet<TestProcess>();

/** What bcc's tool said when it ended too early. */
class BccFailure extends Error {}

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
  let [bcc, ours] = ["", ""];
  try {
    if (pair.apart === true) {
      [bcc = ""] = await watch(pair, [startBcc(pair)]);
      [ours = ""] = await watch(pair, [startOurs(pair)]);
    } else {
      [ours = "", bcc = ""] = await watch(pair, [startOurs(pair), startBcc(pair)]);
    }
  } catch (error) {
    if (!(error instanceof BccFailure)) throw error;
    // Where bcc itself does not run, as its sslsniff with newer headers, nothing can be compared.
    const details = error.message.trim().split("\n").slice(-3);
    return { name: pair.name, same: true, counts: [0, 0], verdict: "bcc's does not run here", details };
  }
  return compareOutputs(pair, bcc, ours);
}

/** What tools print of one activity that begins when all of them are ready. */
async function watch(pair: ToolPair, tools: readonly TestProcess[]): Promise<string[]> {
  try {
    for (const tool of tools) await ready(pair, tool);
    await sleep(2000); // Profilers print their first line before they sample.
    const before = activity.lines.length;
    activity.child.stdin?.write(`${pair.steps}\n`);
    await activity.until("its end", () => activity.lines.length > before);
    await settled(tools);
    const { report } = pair;
    for (const tool of report === undefined ? [] : tools) {
      const known = reports(tool, report ?? /^/);
      await tool.until("two more reports", () => reports(tool, report ?? /^/) >= known + 2);
    }
    return await Promise.all(tools.map(end));
  } finally {
    for (const tool of tools) tool[Symbol.dispose]();
  }
}

/** Under emulation what was seen is printed late. */
async function settled(tools: readonly TestProcess[]): Promise<void> {
  const printed = () => tools.map(({ lines }) => lines.length).join();
  for (let before = ""; before !== printed(); await sleep(4000)) before = printed();
}

async function ready({ name, options, report }: ToolPair, tool: TestProcess): Promise<void> {
  try {
    // Folded output has no header: then it is ready when the kernel has its program.
    if (options.includes("-f")) await loaded(tool);
    else if (report !== undefined) await tool.until("a report", () => reports(tool, report) > 0);
    else await tool.until(`${name}'s first line`, () => tool.lines.length > 0);
  } catch (error) {
    throw bccTools.has(tool) ? new BccFailure((error as Error).message) : error;
  }
}

function failure({ name }: ToolPair, { message }: Error): Verdict {
  return { name, same: false, counts: [0, 0], verdict: "does not run", details: message.split("\n") };
}

function startOurs(pair: ToolPair): TestProcess {
  const script = packageFile("examples", "tools", `${pair.name}.ts`);
  return startCli(["run", script, "--", ...wordsOf(pair)]);
}

function startBcc(pair: ToolPair): TestProcess {
  const { name, instead = {} } = pair;
  let text = readFileSync(`/usr/sbin/${name}-bpfcc`, "utf8");
  for (const [missing, other] of Object.entries(instead)) text = text.replaceAll(missing, other);
  const path = join(directory, `${name}.py`);
  writeFileSync(path, text);
  const tool = new TestProcess(PYTHON, ["-u", path, ...wordsOf(pair)]);
  bccTools.add(tool);
  return tool;
}

function wordsOf({ options }: ToolPair): string[] {
  return options.map((word) => (word === "PID" ? String(activity.pid) : word));
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
