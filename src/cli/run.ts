import type { Command } from "commander";
import { BpfError } from "../errors.ts";
import { DEFAULT_RUN_OPTIONS, type RunOptions } from "./run-options.ts";
import type { Stdio } from "./stdio.ts";
import { addGuestOptions } from "./vm.ts";

const HELP = `
A .ts or .js FILE is a script that uses bcc-ts; its arguments follow "--". A .c FILE is a program in bcc's
dialect: it is compiled, loaded and attached by the names of its functions, and what it prints and sends is
shown until Ctrl-C.

Examples:
  $ bcc-ts run examples/tcpconnect.ts -- --port 443
  $ bcc-ts run --emit c program.c
  $ bcc-ts run --vm --kernel 6.1 examples/tcp4connect.ts`;

export function addRunCommand(
  program: Command,
  stdio: Stdio,
  finish: (status: number | undefined) => void,
): void {
  const run = program.command("run <file> [arguments...]").passThroughOptions();
  run
    .description("run a script, or a C file in bcc's dialect")
    .option("--dry-run", "compile and load, attach nothing")
    .option("--emit <what>", "print what is made and end: c, object or facts")
    .option("--facts <file>", "compile for the kernel recorded in a file, with --emit")
    .option(
      "-f, --format <format>",
      "how a C file's events are shown: text or json",
      DEFAULT_RUN_OPTIONS.format,
    )
    .option("--vm", "run in the microVM")
    .option(
      "--vm-if-needed",
      "run in the microVM when this kernel has no kprobes or this user may not use them",
    );
  addGuestOptions(run)
    .addHelpText("after", HELP)
    .action(async (file: string, words: string[], options: RunOptions) => {
      checkOptions(options);
      const { runFile } = await import("./run-file.ts");
      finish(await runFile(file, words, options, stdio));
    });
}

function checkOptions({ emit, facts, format }: RunOptions): void {
  if (emit !== undefined && !["c", "object", "facts"].includes(emit)) {
    throw new BpfError("USAGE", `--emit knows c, object and facts, not ${emit}`);
  }
  if (!["text", "json"].includes(format))
    throw new BpfError("USAGE", `-f knows text and json, not ${format}`);
  if (facts !== undefined && emit === undefined) {
    const hint =
      "Add --emit c or --emit object; a program for another kernel cannot be loaded into this one.";
    throw new BpfError("USAGE", "--facts needs --emit", { hint });
  }
}
