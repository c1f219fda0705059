import { buildScript } from "../../build-script.ts";
import { BpfError } from "../../errors.ts";
import { switchOffFeature } from "../../kernel/features.ts";
import { findBinary } from "../../kernel/find-binary.ts";
import type { ScriptBuildOptions } from "../../script-build-options.ts";
import { ScriptRun } from "../../script-run.ts";
import { liveSurroundings } from "../../script-world.ts";
import type { SourceText } from "../../source/source-text.ts";
import { TracedCommand } from "../../traced-command.ts";
import type { ScriptPlace } from "../../values/script-value.ts";
import type { Stdio } from "../stdio.ts";
import { EventPrinter } from "./event-printer.ts";
import { OutputWriter } from "./output-writer.ts";
import { readProgram } from "./read-program.ts";
import { diagnosticText } from "./show-diagnostics.ts";
import { TracedProcess } from "./traced-process.ts";
import { UsageError } from "./usage-error.ts";
import type { OneLinerOptions } from "./words.ts";

/** Whose end is the script's. */
interface Traced {
  readonly command: TracedCommand | undefined;
  readonly process: TracedProcess | undefined;
}

/** Compiles and runs a script until its end, Ctrl-C, or the end of the command of -c. Gives its exit status. */
export async function runScriptText(options: OneLinerOptions, stdio: Stdio): Promise<number> {
  if (options.noFeatures.includes("kprobe_multi")) switchOffFeature("kprobe.multi");
  const source = await readProgram(options, stdio);
  const process = options.pid === undefined ? undefined : new TracedProcess(options.pid);
  let command: TracedCommand | undefined;
  try {
    command = options.command === undefined ? undefined : await startCommand(options.command);
    return await compileAndRun(source, options, { command, process }, stdio);
  } finally {
    command?.end();
    process?.close();
  }
}

async function startCommand(words: string): Promise<TracedCommand> {
  try {
    return await TracedCommand.start(words);
  } catch (error) {
    throw BpfError.is(error) && error.code === "COMMAND" ? new UsageError(error.message, error.hint) : error;
  }
}

async function compileAndRun(
  source: SourceText,
  options: OneLinerOptions,
  traced: Traced,
  stdio: Stdio,
): Promise<number> {
  const { command } = traced;
  const build = buildOptions(options, command, stdio);
  if (options.showCode) {
    const { translateScript } = await import("../../compile-script.ts");
    stdio.stdout.write(`${(await translateScript(source, build)).code}\n`);
    return 0;
  }
  const built = await buildScript(source, build);
  if (options.warnings) for (const warning of built.warnings) stdio.stderr.write(diagnosticText(warning));
  const writer = new OutputWriter(stdio, options.output, options.buffering ?? "line");
  try {
    const { format, quiet, warnings } = options;
    const line = ({ file, line: number, text }: ScriptPlace) =>
      text ?? (file === source.name ? source.line(number) : undefined);
    const events = new EventPrinter(
      { format, quiet, warnings, line },
      writer,
      built.description.settings.maxCatBytes,
    );
    using run = new ScriptRun(
      { ...built, source },
      {
        onEvent: (event) => {
          events.show(event);
          if (event.kind === "attached") command?.resume();
        },
        pid: options.pid,
        command: command?.pid,
        only: options.probeFilter === undefined ? undefined : new RegExp(options.probeFilter),
        onWarning: (message) => warnings && writer.put({ stderr: `WARNING: ${message}\n` }),
      },
    );
    return options.dryRun ? 0 : await untilEnd(run, traced);
  } finally {
    writer.close();
  }
}

async function untilEnd(run: ScriptRun, traced: Traced): Promise<number> {
  const stop = () => run.stop();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  traced.command?.ended.then(stop);
  traced.process?.ended.then(stop);
  try {
    return await run.run();
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

function buildOptions(
  options: OneLinerOptions,
  command: TracedCommand | undefined,
  { stderr }: Stdio,
): ScriptBuildOptions {
  const warn = (message: string) => {
    if (options.verbose) stderr.write(`WARNING: ${message}\n`);
  };
  const given = {
    parameters: options.parameters,
    named: namedValues(options.named),
    pid: options.pid ?? command?.pid,
    program: options.command === undefined ? undefined : findBinary(firstWord(options.command)),
    childPid: command?.pid,
    mode: options.mode,
    unsafe: options.unsafe,
    includeDirectories: options.includeDirectories,
    includes: options.includes,
  };
  return { ...liveSurroundings(given, warn), helperErrors: options.helperErrors > 0 };
}

/** It is that of the traced process once that has begun. */
function firstWord(command: string): string {
  return command.trim().split(/\s+/)[0] ?? "";
}

/** `--name=value` by name; without a value it is a switch that is on. */
function namedValues(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name = "", value = "true"] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      return [name, value] as const;
    }),
  );
}
