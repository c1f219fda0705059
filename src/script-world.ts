import { readlinkSync, statSync } from "node:fs";
import { openLibbpfAhead } from "./ffi/libbpf.ts";
import { liveScriptFiles } from "./find-script-files.ts";
import { indexedFacts } from "./kept-name-index.ts";
import { possibleCpus } from "./kernel/cpus.ts";
import { findBinary } from "./kernel/find-binary.ts";
import { kernelSymbols } from "./kernel/kallsyms.ts";
import { probeableFunctions } from "./kernel/probeable-functions.ts";
import { sourceLine } from "./kernel/source-lines.ts";
import { usdtProbesOfFile, usdtProbesOfProcess } from "./kernel/usdt-probes.ts";
import { userFunctions, userSymbol } from "./kernel/user-symbols.ts";
import { fileIdentity, userTypes } from "./kernel/user-types.ts";
import type { ScriptBuildOptions } from "./script-build-options.ts";

/** What a script is told beside its text. */
export interface ScriptArguments {
  /** `$1`, `$2`, … */
  readonly parameters?: readonly string[];
  /** For getopt(): `--name=value` by name. */
  readonly named?: Readonly<Record<string, string>>;
  /** Probes of programs and libraries see this process only. */
  readonly pid?: number | undefined;
  /** The path of the program that it runs, where /proc does not tell: it may not have begun yet. */
  readonly program?: string | undefined;
  /** The process that was started for the script: `cpid`. */
  readonly childPid?: number | undefined;
  /** Run the script's tests ("test"), or measure its bench blocks, beside begin and end blocks alone. */
  readonly mode?: "test" | "bench" | undefined;
  /** Allow system(), signal() and what else changes the machine. */
  readonly unsafe?: boolean | undefined;
  /** Directories of headers and scripts that the script names. */
  readonly includeDirectories?: readonly string[] | undefined;
  /** Headers that are read before the script. */
  readonly includes?: readonly string[] | undefined;
}

/** What a script's compilation looks at of this machine, and what is done while clang runs. */
export function liveSurroundings(
  given: ScriptArguments,
  warn: (message: string) => void,
): Pick<ScriptBuildOptions, "facts" | "world" | "environment" | "warn" | "whileCompiling"> {
  const { facts, keepIndex } = indexedFacts();
  const whileCompiling = () => {
    openLibbpfAhead();
    keepIndex(warn);
  };
  return { facts, world: liveScriptWorld(given), environment: process.env, warn, whileCompiling };
}

/** This machine, as far as a script's compilation looks at it. */
export function liveScriptWorld(given: ScriptArguments): ScriptBuildOptions["world"] {
  const ofFile = <T>(binary: string, ask: (path: string) => T | undefined): T | undefined => {
    const path = findBinary(binary, given.pid);
    return path === undefined ? undefined : ask(path);
  };
  return {
    parameters: given.parameters ?? [],
    named: new Map(Object.entries(given.named ?? {})),
    pid: given.pid,
    program: given.program ?? (given.pid === undefined ? undefined : programOf(given.pid)),
    childPid: given.childPid,
    mode: given.mode,
    unsafe: given.unsafe ?? false,
    cpus: possibleCpus().length,
    pidNamespace: pidNamespace(),
    ...liveScriptFiles(given.includeDirectories ?? []),
    includes: given.includes ?? [],
    usdtProbes: (binary) => {
      if (binary === "*") return given.pid === undefined ? undefined : usdtProbesOfProcess(given.pid);
      const path = findBinary(binary, given.pid);
      return path === undefined ? undefined : usdtProbesOfFile(path);
    },
    userTypes: (binary, functions) => ofFile(binary, (path) => userTypes(path, functions)),
    userSymbol: (binary, name) => ofFile(binary, (path) => userSymbol(path, name)),
    sourceLine: (binary, ...place) => ofFile(binary, (path) => sourceLine(path, ...place)),
    userFunctions: (binary) => ofFile(binary, userFunctions),
    binaryIdentity: (binary) => ofFile(binary, fileIdentity),
    kernelFunctions: () => probeableFunctions().traceable ?? kernelSymbols().functions,
    kernelAddress: (symbol) => kernelSymbols().find(symbol)[0]?.address,
    cgroupId: (path) => {
      try {
        return statSync(path, { bigint: true }).ino;
      } catch {
        return undefined;
      }
    },
  };
}

/** As the process sees it. */
function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // It has ended, or is the kernel's.
  }
}

/** The inode number that the first namespace of processes always has. */
const FIRST_NAMESPACE = 0xeffffffcn;

function pidNamespace(): { device: bigint; inode: bigint } | undefined {
  const { dev, ino } = statSync("/proc/self/ns/pid", { bigint: true });
  return ino === FIRST_NAMESPACE ? undefined : { device: dev, inode: ino };
}
