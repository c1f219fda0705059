import type { BuildOptions } from "../built-program.ts";
import { translateProgram } from "../compile-program.ts";
import { type RecordedUse, recordFacts } from "../facts/recorded-facts.ts";
import { withOwnHeaders } from "../languages/bcc/own-headers.ts";
import { prescan } from "../languages/bcc/prescan.ts";
import { typeOfTraced } from "../languages/bcc/traced-function.ts";
import type { Program } from "../program/program.ts";
import { headerReader } from "../read-own-header.ts";
import type { SourceText } from "../source/source-text.ts";

/** The C text that clang compiles. */
export async function emitCode(source: SourceText, options: BuildOptions): Promise<string> {
  return (await translateProgram(source, options)).code;
}

/** What this kernel says to the program, for compiling it elsewhere. */
export async function emitFacts(source: SourceText, options: BuildOptions): Promise<string> {
  return recordFacts(options.facts, usedFacts(await translateProgram(source, options), options));
}

/** What of a kernel one program needs to be compiled for it. */
function usedFacts(
  { source, kernelTypes, functions }: Program,
  { directory, cflags, facts }: BuildOptions,
): RecordedUse {
  const scan = prescan(withOwnHeaders(source, headerReader(directory, cflags)));
  const traced = functions.flatMap(({ name }) => typeOfTraced(name, facts) ?? []);
  return {
    btfTypes: [...kernelTypes, ...traced],
    configs: ["CONFIG_ARCH_HAS_SYSCALL_WRAPPER", ...scan.identifiers].filter((name) =>
      name.startsWith("CONFIG_"),
    ),
    tracepoints: scan.tracepoints.map(({ category, event }) => `${category}:${event}`),
    symbols: functions.flatMap(({ attach }) => ("symbol" in attach ? [attach.symbol] : [])),
  };
}
