import { statSync } from "node:fs";
import { BpfError } from "../../errors.ts";
import { ownVersion } from "../own-version.ts";
import type { Stdio } from "../stdio.ts";
import { ONE_LINER_HELP } from "./help.ts";
import { type OneLinerOptions, readWords } from "./words.ts";

/** What other tools of this language end with, whatever went wrong. */
const FAILED = 1;

/** Runs a one-liner's command line and gives the exit status. */
export async function runOneLiner(words: readonly string[], stdio: Stdio): Promise<number> {
  try {
    return await runOptions(readWords(words), stdio);
  } catch (error) {
    if (!BpfError.is(error)) throw error;
    const { errorText } = await import("./show-diagnostics.ts");
    stdio.stderr.write(errorText(error));
    return FAILED;
  }
}

/** What is to be listed: a pattern, or the probes of a program. */
async function listedPatterns(options: OneLinerOptions, stdio: Stdio): Promise<(string | undefined)[]> {
  const { programs, file } = options;
  const isScript = file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  // As in a script, several stand with commas between them.
  if (programs.length === 0 && !isScript) return file?.split(",").map((each) => each.trim()) ?? [undefined];
  const [{ readProgram }, { scriptPoints }] = await Promise.all([
    import("./read-program.ts"),
    import("../../script-points.ts"),
  ]);
  return [...scriptPoints(await readProgram(options, stdio), options.parameters)];
}

async function runOptions(options: OneLinerOptions, stdio: Stdio): Promise<number> {
  const { stdout, stderr } = stdio;
  if (options.help) {
    stdout.write(ONE_LINER_HELP);
    return 0;
  }
  if (options.version) {
    stdout.write(`bcc-ts v${ownVersion()}\n`);
    return 0;
  }
  if (options.info) {
    const { machineInfo } = await import("./machine-info.ts");
    stdout.write(machineInfo(ownVersion()));
    return 0;
  }
  if (options.list) {
    const { listLines } = await import("./list.ts");
    const patterns = await listedPatterns(options, stdio);
    const lines = patterns.flatMap((pattern) => [...listLines(pattern, options.verbose, options.pid)]);
    if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
    return 0;
  }
  if (options.programs.length === 0 && options.file === undefined) {
    stderr.write(ONE_LINER_HELP);
    return FAILED;
  }
  if (options.programs.length > 1 && options.warnings)
    stderr.write("WARNING: of several -e only the last is run, as bpftrace does\n");
  const { runScriptText } = await import("./run-script-text.ts");
  return runScriptText(options, stdio);
}
