import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { BpfError } from "../errors.ts";
import { packageFile } from "../package-root.ts";
import { emitSession } from "./emit.ts";
import { DEFAULT_RUN_OPTIONS, type RunOptions } from "./run-options.ts";
import type { Stdio } from "./stdio.ts";

/** Runs a script or a C file, here or in a guest. Gives the exit status, or undefined for a script's own. */
export async function runFile(
  file: string,
  words: readonly string[],
  options: RunOptions,
  stdio: Stdio,
): Promise<number | undefined> {
  checkFile(file);
  if (options.vm === true || (options.vmIfNeeded === true && (await needsGuest(stdio)))) {
    const { runInGuest } = await import("./run-in-guest.ts");
    return runInGuest(guestCommand(file, words, options), options, stdio);
  }
  const facts = options.facts === undefined ? undefined : await recordedFacts(options.facts);
  const session = emitSession(options, stdio, facts);
  switch (extname(file)) {
    case ".c":
      return (await import("./run-c-file.ts")).runCFile(
        file,
        { json: options.format === "json", session },
        stdio,
      );
    case ".ts":
    case ".mts":
    case ".js":
    case ".mjs":
    case ".cjs":
      return (await import("./run-script.ts")).runScript(resolve(file), words, session);
    default:
      throw new BpfError("USAGE", `${file}: only .ts, .js and .c files can be run`);
  }
}

async function needsGuest({ stderr }: Stdio): Promise<boolean> {
  const { checkFeature } = await import("../kernel/features.ts");
  const report = checkFeature("kprobes");
  if (report.available) return false;
  stderr.write(`kprobes cannot be used here (${report.detail}): running in the microVM\n`);
  return true;
}

function guestCommand(file: string, words: readonly string[], options: RunOptions): string[] {
  // Without any option the guest's command line needs no parser, which is slow to load there.
  const flags = options.format === DEFAULT_RUN_OPTIONS.format ? [] : ["--format", options.format];
  if (options.dryRun) flags.push("--dry-run");
  if (options.emit !== undefined) flags.push("--emit", options.emit);
  if (options.facts !== undefined) flags.push("--facts", options.facts);
  const bin = packageFile("dist", "lib", "bin.cjs");
  return [
    process.execPath,
    bin,
    "run",
    ...flags,
    resolve(file),
    ...(words.length > 0 ? ["--", ...words] : []),
  ];
}

/** A directory may have any name. */
function checkFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new BpfError("USAGE", `there is no file ${file}`);
  if (found.isDirectory()) throw new BpfError("USAGE", `${file} is a directory`);
}

async function recordedFacts(file: string) {
  checkFile(file);
  return (await import("../facts/recorded-facts.ts")).readRecordedFacts(file);
}
