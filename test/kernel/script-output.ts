import { buildScript } from "../../src/build-script.ts";
import { liveFacts } from "../../src/kernel/live-facts.ts";
import type { PrintableEvent } from "../../src/output/script/printed.ts";
import { scriptPrinter } from "../../src/output/script/script-printer.ts";
import { ScriptRun } from "../../src/script-run.ts";
import { liveScriptWorld, type ScriptArguments } from "../../src/script-world.ts";
import { SourceText } from "../../src/source/source-text.ts";

/** A script's standard output, its complaints, and its exit status. */
export async function scriptOutput(
  text: string,
  given: ScriptArguments = {},
  { helperErrors = false } = {},
): Promise<{ output: string; complaints: string; code: number }> {
  const source = new SourceText("test.bt", text);
  const world = liveScriptWorld(given);
  const warn = (message: string) => process.stderr.write(`${message}\n`);
  const built = await buildScript(source, { facts: liveFacts(), world, environment: {}, warn, helperErrors });
  const printer = scriptPrinter({ format: "text", quiet: true, warnings: true, line: () => undefined });
  let output = "";
  let complaints = "";
  using run = new ScriptRun(
    { ...built, source },
    {
      onEvent: (event) => {
        if (event.kind === "cat" || event.kind === "system") return;
        const { stdout = "", stderr = "" } = printer.print(event as PrintableEvent);
        output += stdout;
        complaints += stderr;
      },
    },
  );
  return { code: await run.run(), output, complaints };
}
