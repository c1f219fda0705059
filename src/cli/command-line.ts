import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { packageFile } from "../package-root.ts";
import { addDoctorCommand } from "./doctor.ts";
import { EXIT } from "./exit-codes.ts";
import { addRunCommand } from "./run.ts";
import type { Stdio } from "./stdio.ts";
import { addVmCommand } from "./vm.ts";

const HELP = `
Exit status: 0 done, 1 an error (the reason is on stderr), 2 a wrong command line, 124 a time limit,
128 + N ended by signal N; a script's own status otherwise.

Example:
  $ bcc-ts run examples/tcp4connect.ts`;

/** Parses the words, runs the command that they name and gives its exit status. */
export async function parseCommandLine(words: readonly string[], stdio: Stdio): Promise<number | undefined> {
  let status: number | undefined;
  const program = new Command("bcc-ts")
    .description("Trace the Linux kernel and user programs from TypeScript, in bcc's dialect.")
    .version(ownVersion())
    .addHelpText("after", HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdio.stdout.write(text),
      writeErr: (text) => stdio.stderr.write(text),
    })
    .enablePositionalOptions();
  const finish = (value: number | undefined) => {
    status = value;
  };
  addRunCommand(program, stdio, finish);
  addDoctorCommand(program, stdio, finish);
  addVmCommand(program, stdio, finish);
  try {
    await program.parseAsync(words, { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

function ownVersion(): string {
  const text = readFileSync(packageFile("package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
