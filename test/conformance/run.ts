// Runs the cases of a file against bcc-ts or another tool: `npm run conformance -- FILE [options]`.
// The cases bring lines of shell of their own, which are run as they are: give it files that you trust.
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { main } from "./main.ts";

export interface RunnerOptions {
  readonly against?: string;
  readonly adapt?: string;
  readonly filter?: string;
  readonly only?: string;
  readonly tier?: string;
  readonly jobs: string;
  readonly json?: string;
  readonly testprogs?: string;
  readonly attachTimeout: string;
}

const program = new Command("conformance")
  .argument("<file>", "cases: a JSON array, or one object a line")
  .option("--filter <regex>", "only cases whose suite.name matches")
  .option("--only <suite.name>", "this case only")
  .option("--tier <n,...>", "only cases of these tiers")
  .option("--against <command>", "another tool than bcc-ts")
  .option("--adapt <release>", "0.17: rewrite the programs for that release of bpftrace")
  .option("--jobs <n>", "how many cases that disturb nothing run at once", "2")
  .option("--json <file>", "write all results; - for stdout, after the table")
  .option("--testprogs <directory>", "where ./testprogs of the cases are built, and kept")
  .option("--attach-timeout <seconds>", "how long the tool may take until its probes are attached", "20")
  .action(async (file: string, options: RunnerOptions) => {
    const report = await main(file, options, (text) => process.stdout.write(`${text}\n`));
    const { cases: _, ...counts } = report;
    if (options.json === "-") console.log(JSON.stringify(report));
    else console.log(JSON.stringify(counts));
    if (options.json !== undefined && options.json !== "-")
      writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
    process.exitCode = report.failed > 0 || report.passed === 0 ? 1 : 0;
  });
await program.parseAsync();
