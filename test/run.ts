// Runs all tests: on this machine, then those that want a kernel in the guests, one boot a kernel, both at once.
// Ends with one line: "N passed, N failed, N skipped". Words choose parts (unit, types, cli, kernel, vm, soak, guest),
// guests (6.1, 6.12), and test files by the start of their names: `node dist/test/run.js guest 6.1 attach`. With the
// word `whole` each guest runs all files, which takes more than an hour.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { runInGuest } from "../src/cli/run-in-guest.ts";
import { BpfError } from "../src/errors.ts";
import { availableKernels } from "../src/vm/kernel-directory.ts";
import { bundleGuestTests } from "./bundle-guest-tests.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOST_PARTS = ["unit", "types", "cli", "kernel", "vm", "soak"];
const GUEST_KERNELS = ["6.1", "6.12"];
/** Several times what they take when the machine has nothing else to do. */
const GUEST_LIMIT_S = 4000;

/**
 * Guests are slow, so each shows what this machine's kernel cannot, and what depends on the kernel's age; the rest
 * wants the word `whole`, or to be named.
 */
const GUEST_FILES: Readonly<Record<string, RegExp>> = {
  "6.1":
    /^(?:buffers|direct-reads|globals|idioms|live-facts|maps|packets|program-kinds|refusals|rewritten-reads|rings|script-programs|table-kinds|usdt|verifier-cost)\b/,
  "6.12": /^(?:ending|examples|network|programs|scripts|tools-block|tools-tcp)\b/,
  all: /^(?:attach|attach-kinds|features|kprobe-places|load|narrow-arguments|stats|trace|trace-pipe|trampolines)\b/,
};

const words = process.argv.slice(2);
const parts = chosen([...HOST_PARTS, "guest"]);
const kernels = chosen(GUEST_KERNELS);
const names = words.filter((word) => ![...HOST_PARTS, "guest", "whole", ...GUEST_KERNELS].includes(word));
const limitSeconds = words.includes("whole") ? 3 * GUEST_LIMIT_S : GUEST_LIMIT_S;
const total: Counts = { passed: 0, failed: 0, skipped: 0 };

const hostFiles = HOST_PARTS.filter((part) => parts.includes(part)).flatMap((part) => testFiles(part));
if (hostFiles.length > 0) {
  console.log(`== this machine: ${hostFiles.length} files`);
  add(await runHere(hostFiles));
}
if (parts.includes("guest")) {
  const files = await bundleGuestTests(ROOT, testFiles("kernel"));
  // From here nothing is written in the repository, and what a guest may not write to it reads faster.
  process.chdir("/");
  process.env.BCC_TS_TEST_GUEST = "yes";
  for (const counts of await Promise.all(kernels.map((kernel) => runThere(kernel, files)))) add(counts);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** Those that the command line names; all when it names none. */
function chosen(all: readonly string[]): readonly string[] {
  const named = all.filter((word) => words.includes(word));
  return named.length > 0 ? named : all;
}

function testFiles(part: string): string[] {
  const directory = join(ROOT, "dist", "test", part);
  try {
    const found = (readdirSync(directory, { recursive: true }) as string[]).filter(isWanted);
    return found.sort().map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function isWanted(path: string): boolean {
  const name = basename(path);
  return name.endsWith(".test.js") && (names.length === 0 || names.some((wanted) => name.startsWith(wanted)));
}

function testCommand(files: readonly string[], concurrency: number): string[] {
  return ["--test", "--test-reporter=spec", `--test-concurrency=${concurrency}`, ...files];
}

async function runHere(files: readonly string[]): Promise<Counts> {
  const child = spawn(process.execPath, testCommand(files, 2), {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { promise, read } = reader((line) => console.log(line));
  child.stdout.on("data", read.onData);
  const status = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
  read.end();
  return judged(await promise, status, "this machine");
}

/** One boot runs all files, one after the other: a kernel has one trace pipe. */
async function runThere(kernel: string, all: readonly string[]): Promise<Counts> {
  const belongs = (file: string) =>
    [GUEST_FILES[kernel], GUEST_FILES.all].some((files) => files?.test(basename(file)));
  const files = names.length > 0 || words.includes("whole") ? all : all.filter(belongs);
  if (!availableKernels().some((k) => k.name === kernel)) {
    console.log(`✖ guest ${kernel}: not there; run \`node vendor/setup.mjs --for test\``);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  console.log(`== guest ${kernel}: ${files.length} files`);
  // Without any, the test runner would look for some.
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const first = await bootAndRun(kernel, files);
  if (first !== "lost") return first;
  console.log(`== guest ${kernel}: once more`);
  const second = await bootAndRun(kernel, files);
  return second === "lost" ? { passed: 0, failed: 1, skipped: 0 } : second;
}

/**
 * "lost": the machine broke down under its tests, which the emulator may do by itself. That is told with what its
 * kernel said last, and a second time is a failure.
 */
async function bootAndRun(kernel: string, files: readonly string[]): Promise<Counts | "lost"> {
  const stdout = new PassThrough();
  const { promise, read } = reader((line) => console.log(`${kernel.padEnd(4)} ${line}`));
  stdout.on("data", read.onData);
  let lost = false;
  const status = await runInGuest(
    [process.execPath, ...testCommand(files, 1)],
    { kernel, timeout: limitSeconds, cpus: 2, memory: 2048 },
    { stdin: Readable.from([]), stdout, stderr: process.stderr },
  ).catch((error: Error) => {
    lost = BpfError.is(error) && error.code === "VM_LOST";
    console.log(`✖ guest ${kernel}: ${BpfError.is(error) ? error.format() : error.message}`);
    return 1;
  });
  read.end();
  return lost ? "lost" : judged(await promise, status, `guest ${kernel}`);
}

/** Shows what the test runner prints, line by line, and reads its summary. */
function reader(show: (line: string) => void) {
  let text = "";
  let shown = 0;
  let finish: (counts: Counts) => void = () => {};
  const promise = new Promise<Counts>((resolve) => {
    finish = resolve;
  });
  const onData = (chunk: Buffer) => {
    text += chunk;
    const end = text.lastIndexOf("\n");
    if (end < shown) return;
    for (const line of text.slice(shown, end).split("\n")) show(line);
    shown = end + 1;
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
