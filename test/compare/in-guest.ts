// Run by main.ts in a guest: starts all pairs of tools, lets the activity happen once, and compares.
import { spawnSync } from "node:child_process";
import { release } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { packageFile } from "../../src/package-root.ts";
import { startCli, TestProcess } from "../cli-process.ts";
import { idsHeldBy } from "../kernel/kernel-ids.ts";
import { ACTIVITY } from "./activity-text.ts";
import { compareOutputs, type Verdict } from "./compare-outputs.ts";
import { PAIRS, type ToolPair } from "./tool-pairs.ts";

const PYTHON = "/usr/bin/python3";
const [directory = "", ...names] = process.argv.slice(2);
const pairs = PAIRS.filter(({ name }) => names.length === 0 || names.includes(name));

interface Started {
  readonly pair: ToolPair;
  readonly theirs: TestProcess;
  readonly ours: TestProcess;
}

makeDisk();
using activity = new TestProcess(PYTHON, ["-c", ACTIVITY, directory]);
await activity.until("ready", () => activity.lines.length > 0);
const started: Started[] = [];
for (const pair of pairs) started.push(await start(pair));
await sleep(2000); // Profilers print their first line before they sample.
activity.child.stdin?.write("go\n");
await activity.until("its end", () => activity.lines.includes("done"));
await sleep(9000); // Until memleak has reported once more.
const verdicts: Verdict[] = [];
for (const { pair, theirs, ours } of started) {
  const [bcc, here] = await Promise.all([end(theirs), end(ours)]);
  verdicts.push(compareOutputs(pair, bcc, here));
}
activity.child.stdin?.end();
const bccVersion = spawnSync(PYTHON, ["-c", "import bcc; print(bcc.__version__)"]).stdout.toString().trim();
console.log(`Linux ${release()}, bcc ${bccVersion}`);
console.log("tool        bcc  ours  verdict");
for (const { name, counts, verdict, details } of verdicts) {
  console.log(
    `${name.padEnd(10)} ${counts.map((count) => String(count).padStart(4)).join("  ")}  ${verdict}`,
  );
  for (const line of details) console.log(`  ${line}`);
}
process.exitCode = verdicts.some(({ same }) => !same) ? 1 : 0;

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
  await ready(ours);
  const problem = await ready(theirs).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (problem !== undefined) console.log(`bcc's ${pair.name} does not run here:\n${problem}`);
  return { pair, theirs, ours };
}

async function loaded(tool: TestProcess): Promise<void> {
  for (let i = 0; i < 600 && tool.child.exitCode === null; i++) {
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

function makeDisk(): void {
  const modules = packageFile("vendor", "kernels", release().split(".").slice(0, 2).join("."), "modules");
  spawnSync("busybox", ["insmod", `${modules}/configfs.ko`], { stdio: "inherit" });
  spawnSync("busybox", ["insmod", `${modules}/null_blk.ko`, "nr_devices=1", "gb=1"], { stdio: "inherit" });
}
