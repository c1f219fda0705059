import { Command, CommanderError } from "commander";
import { addDoctorCommand } from "./doctor.ts";
import { EXIT } from "./exit-codes.ts";
import { ownVersion } from "./own-version.ts";
import { addRunCommand } from "./run.ts";
import type { Stdio } from "./stdio.ts";
import { addVmCommand } from "./vm.ts";

const HELP = `
Exit status: 0 done, 1 an error (the reason is on stderr), 2 a wrong command line, 124 a time limit,
128 + N ended by signal N; a script's own status otherwise.

One-liners need no command: bcc-ts -e 'program', bcc-ts FILE.bt, bcc-ts -l PATTERN. More: bcc-ts -l -h

Examples:
  $ bcc-ts run examples/tcp4connect.ts
  $ bcc-ts -l 'tracepoint:sched:*'`;

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
