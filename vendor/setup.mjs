#!/usr/bin/env node
// Brings what bcc-ts needs and npm alone does not carry: Debian packages, the npm packages with their native parts,
// and the kernels that guests boot. Needs nothing but Node; a second run finds all in place and does nothing.
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { debianPackages } from "./debian-packages.mjs";
import { guestKernel } from "./guest-kernel.mjs";
import { writeLock } from "./kernel-lock.mjs";
import { npmPackages } from "./npm-packages.mjs";
import { SetupError } from "./setup-error.mjs";
import { whileAlone } from "./setup-lock.mjs";

const usage = `Usage: node vendor/setup.mjs [--dry-run | --check | --lock] [--for demo|test]

Brings the Debian packages, npm packages and guest kernels that bcc-ts needs.

  --for demo   only what the examples need here: no guest where this kernel has kprobes, else one guest kernel
  --for test   all that the tests need (the default)
  --dry-run    print what would be done, and do nothing
  --check      print what is missing; exit with 1 if anything is
  --lock       rewrite vendor/lock.json from the kernels in place`;

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {() => string[]} missing what is not in place, empty when nothing is to be done
 * @property {() => string[]} plan the commands and changes that \`run\` would make
 * @property {() => Promise<void>} run
 */

/**
 * The steps in their order.
 * @param {"demo" | "test"} purpose
 * @returns {readonly Step[]}
 */
function steps(purpose) {
  const guests = purpose === "test" || !canProbeHere();
  return [
    debianPackages({ guests }),
    npmPackages(),
    ...(guests && purpose === "test" ? [guestKernel("6.1")] : []),
    ...(guests ? [guestKernel("6.12")] : []),
  ];
}

/** Whether the demo runs on this machine's own kernel. */
function canProbeHere() {
  return process.getuid?.() === 0 && existsSync("/sys/bus/event_source/devices/kprobe");
}

/** @param {readonly Step[]} todo */
async function bring(todo) {
  const begin = Date.now();
  for (const step of todo) {
    if (step.missing().length === 0) continue;
    console.log(`${step.title}: missing ${step.missing().join(", ")}`);
    const heartbeat = setInterval(() => console.log(`${step.title}: ${seconds(begin)} so far`), 15_000);
    try {
      await step.run();
    } finally {
      clearInterval(heartbeat);
    }
    const left = step.missing();
    if (left.length > 0)
      throw new SetupError(`${step.title}: still missing ${left.join(", ")}`, "see the output above");
    console.log(`${step.title}: done, ${seconds(begin)}`);
  }
}

/** @param {number} begin */
function seconds(begin) {
  return `${((Date.now() - begin) / 1000).toFixed(1)} s`;
}

/** @param {readonly Step[]} all */
function check(all) {
  const lines = all.flatMap((step) => step.missing().map((item) => `${step.title}: missing ${item}`));
  for (const line of lines) console.log(line);
  return lines.length === 0 ? 0 : 1;
}

/** @param {readonly Step[]} all */
function printPlan(all) {
  const lines = all
    .filter((step) => step.missing().length > 0)
    .flatMap((step) => [`${step.title}:`, ...step.plan().map((line) => `  ${line}`)]);
  console.log(lines.length === 0 ? "Nothing to do." : lines.join("\n"));
}

function readArguments() {
  /** @type {import("node:util").ParseArgsConfig} */
  const config = {
    options: {
      for: { type: "string", default: "test" },
      "dry-run": { type: "boolean" },
      check: { type: "boolean" },
      lock: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  };
  try {
    const { values } = parseArgs(config);
    if (values.for !== "demo" && values.for !== "test")
      throw new Error(`--for takes demo or test, not ${values.for}`);
    return values;
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, "node vendor/setup.mjs --help");
  }
}

function checkPlatform() {
  if (process.platform !== "linux")
    throw new SetupError(
      `bcc-ts traces Linux; this is ${process.platform}`,
      "run it on Linux, for instance Debian 12",
    );
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const wanted = engines?.node ?? ">=20.19";
  if (major < 20 || (major === 20 && minor < 19))
    throw new SetupError(
      `Node ${process.versions.node} is too old (${wanted} is needed)`,
      "install Node 20 or newer",
    );
}

async function main() {
  const values = readArguments();
  if (values.help) return console.log(usage);
  checkPlatform();
  if (values.lock) return writeLock();
  const all = steps(/** @type {"demo" | "test"} */ (values.for));
  if (values.check) {
    process.exitCode = check(all);
    return;
  }
  if (values["dry-run"]) return printPlan(all);
  if (all.every((step) => step.missing().length === 0)) return console.log("Everything is in place.");
  await whileAlone(() => bring(all));
}

/** What the file system refuses, with its remedy.
 * @type {Record<string, string>} */
const refusals = {
  EACCES: "run this as the owner of the directory, or as root",
  EPERM: "run this as the owner of the directory, or as root",
  EROFS: "use a directory that can be written to",
  ENOSPC: "make room: about 1 GB while unpacking, 150 MB after it",
};

main().catch((failure) => {
  const remedy = refusals[failure.code];
  const error = remedy ? new SetupError(failure.message, remedy) : failure;
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}${error.remedy ? `\nremedy: ${error.remedy}` : ""}`);
  process.exitCode = 1;
});
