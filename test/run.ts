// Runs all tests: on this machine, then those that want a kernel in each guest, one boot a kernel. Ends with
// one line: "N passed, N failed, N skipped". Words choose parts: unit, cli, kernel, types, vm, guest.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { runInGuest } from "../src/cli/run-in-guest.ts";
import { availableKernels } from "../src/vm/kernel-directory.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOST_PARTS = ["unit", "types", "cli", "kernel", "vm"];
const GUEST_KERNELS = ["6.1", "6.12"];
const GUEST_LIMIT_S = 420;

const chosen = process.argv.slice(2);
const wanted = (part: string) => chosen.length === 0 || chosen.includes(part);
const total: Counts = { passed: 0, failed: 0, skipped: 0 };

const hostFiles = HOST_PARTS.filter(wanted).flatMap((part) => testFiles(part));
if (hostFiles.length > 0) {
  console.log(`== this machine: ${hostFiles.length} files`);
  add(await runHere(hostFiles));
}
if (wanted("guest")) {
  for (const kernel of GUEST_KERNELS) add(await runThere(kernel, testFiles("kernel")));
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function testFiles(part: string): string[] {
  const directory = join(ROOT, "dist", "test", part);
  try {
    const names = readdirSync(directory, { recursive: true }) as string[];
    return names.filter((name) => name.endsWith(".test.js")).map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function testCommand(files: readonly string[], concurrency: number): string[] {
  return ["--test", "--test-reporter=spec", `--test-concurrency=${concurrency}`, ...files];
}

async function runHere(files: readonly string[]): Promise<Counts> {
  const child = spawn(process.execPath, testCommand(files, 2), {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { promise, read } = reader();
  child.stdout.on("data", read.onData);
  const status = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
  read.end();
  return judged(await promise, status, "this machine");
}

/** The guest sees these very files; one boot runs them all, one after the other: there is one trace pipe. */
async function runThere(kernel: string, files: readonly string[]): Promise<Counts> {
  if (!availableKernels().some((k) => k.name === kernel)) {
    console.log(`✖ guest ${kernel}: not there; run \`node vendor/setup.mjs --for test\``);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  console.log(`== guest ${kernel}: ${files.length} files`);
  const stdout = new PassThrough();
  const { promise, read } = reader();
  stdout.on("data", read.onData);
  const command = [
    process.execPath,
    ...testCommand(
      files.map((file) => relative(ROOT, file)),
      1,
    ),
  ];
  const status = await runInGuest(
    command,
    { kernel, timeout: GUEST_LIMIT_S, cpus: 2, memory: 2048 },
    { stdin: Readable.from([]), stdout, stderr: process.stderr },
  ).catch((error: Error) => {
    console.log(`✖ guest ${kernel}: ${error.message}`);
    return 1;
  });
  read.end();
  return judged(await promise, status, `guest ${kernel}`);
}

/** Shows what the test runner prints and reads its summary. */
function reader() {
  let text = "";
  let finish: (counts: Counts) => void = () => {};
  const promise = new Promise<Counts>((resolve) => {
    finish = resolve;
  });
  const onData = (chunk: Buffer) => {
    process.stdout.write(chunk);
    text += chunk;
  };
  const end = () => finish({ passed: number("pass"), failed: number("fail"), skipped: number("skipped") });
  const number = (name: string) => Number(new RegExp(`^ℹ ${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  return { promise, read: { onData, end } };
}

/** A run that ends badly without saying which test failed has failed all the same. */
function judged(counts: Counts, status: number, where: string): Counts {
  if (status === 0 || counts.failed > 0) return counts;
  console.log(`✖ ${where}: the test run ended with status ${status}`);
  return { ...counts, failed: counts.failed + 1 };
}

function add(counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
