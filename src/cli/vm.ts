import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { GuestOptions } from "./run-in-guest.ts";
import { DEFAULT_RUN_OPTIONS } from "./run-options.ts";
import type { Stdio } from "./stdio.ts";

const HELP = `
The guest sees the host's files. Changes stay in the guest, except under the working directory (and --writable).

Examples:
  $ bcc-ts vm run -- uname -r
  $ bcc-ts vm run --kernel 6.1 --timeout 60 -- bpftool prog`;

export function addVmCommand(program: Command, stdio: Stdio, finish: (status: number) => void): void {
  const vm = program
    .command("vm")
    .description("run commands under a kernel that can be traced")
    .addHelpText("after", HELP);
  addGuestOptions(vm.command("run <command...>").passThroughOptions())
    .description("boot a guest kernel over this machine's files and run a command in it")
    .addHelpText("after", HELP)
    .action(async (command: string[], options: GuestOptions) => {
      const { runInGuest } = await import("./run-in-guest.ts");
      finish(await runInGuest(command, options, stdio));
    });
}

export function addGuestOptions(command: Command): Command {
  return command
    .option("--kernel <name>", "guest kernel: 6.1 or 6.12", DEFAULT_RUN_OPTIONS.kernel)
    .option("--timeout <seconds>", "end the guest after so many seconds (exit status 124)", positive)
    .option("--cpus <n>", "processors of the guest", positive)
    .option("--memory <mb>", "memory of the guest in MiB", positive)
    .option("--writable <directory...>", "directories that the guest may change")
    .option("--no-state", "boot from nothing, neither use nor make a saved state");
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}
