import { BpfError } from "../errors.ts";
import { EXIT } from "./exit-codes.ts";
import { isOneLiner } from "./one-liner-words.ts";
import { DEFAULT_RUN_OPTIONS } from "./run-options.ts";
import type { Stdio } from "./stdio.ts";

/** By the code of the error. */
const STATUS: Readonly<Record<string, number>> = { VM_TIMEOUT: EXIT.timeout, USAGE: EXIT.usage };

/** The exit status; undefined when a script goes on running and sets its own. */
export async function main(
  words: readonly string[],
  stdio: Stdio,
  calledAs = "bcc-ts",
): Promise<number | undefined> {
  try {
    return await runCommand(words, stdio, calledAs);
  } catch (error) {
    if (!BpfError.is(error)) throw error;
    stdio.stderr.write(`${error.format()}\n`);
    return STATUS[error.code] ?? EXIT.failed;
  }
}

/** The parser of command lines takes as long to load as a small script to run: a run without options needs none. */
async function runCommand(
  words: readonly string[],
  stdio: Stdio,
  calledAs: string,
): Promise<number | undefined> {
  if (isOneLiner(words, calledAs)) {
    const { runOneLiner } = await import("./one-liner/run-one-liner.ts");
    return runOneLiner(words, stdio);
  }
  const [command, file, ...rest] = words;
  if (command === "run" && file !== undefined && !file.startsWith("-")) {
    const { runFile } = await import("./run-file.ts");
    return runFile(file, rest, DEFAULT_RUN_OPTIONS, stdio);
  }
  const { parseCommandLine } = await import("./command-line.ts");
  return parseCommandLine(words, stdio);
}
