import { type Command, Option } from "commander";
import type { Stdio } from "./stdio.ts";

const HELP = `
Every feature is tried, not guessed from the version. Exit status 1 when programs cannot be loaded at all.

Example:
  $ bcc-ts doctor`;

export function addDoctorCommand(program: Command, stdio: Stdio, finish: (status: number) => void): void {
  program
    .command("doctor")
    .description("say what this kernel and user can do, feature by feature, with remedies")
    .addOption(
      new Option("-f, --format <format>", "how it is told").choices(["text", "json"]).default("text"),
    )
    .addHelpText("after", HELP)
    .action(async ({ format }: { format: string }) => {
      const { checkMachine } = await import("./check-machine.ts");
      finish(await checkMachine(format === "json", stdio));
    });
}
