import { AttachError, type BpfError, SyscallError } from "../errors.ts";
import { ERRNO, errnoName } from "../ffi/errno-table.ts";
import { permissionError, tracingCapabilities } from "../kernel/capabilities.ts";
import { type KernelSymbolTable, kernelSymbols } from "../kernel/kallsyms.ts";
import { type ProbeableFunctions, probeableFunctions } from "../kernel/probeable-functions.ts";
import { similarNames } from "../source/similar-names.ts";
import { type KprobeTarget, kprobeName } from "./kprobe-target.ts";

/** What the compiler appends to the names of functions that it changed or split. */
const VARIANT = /\.(isra|constprop|part|cold|llvm)\b/;

/** What is known of the running kernel's functions; read only to explain a failure. */
export interface FunctionFacts {
  readonly symbols: KernelSymbolTable;
  readonly probeable: ProbeableFunctions;
}

const runningKernel = (): FunctionFacts => ({ symbols: kernelSymbols(), probeable: probeableFunctions() });

/** Why a kprobe could not be attached, as the error to throw. */
export function explainKprobeFailure(
  target: KprobeTarget,
  errno: number,
  facts: () => FunctionFacts = runningKernel,
): BpfError {
  const name = kprobeName(target);
  const what = `attach a ${target.retprobe ? "kretprobe" : "kprobe"} to ${name}`;
  const cause = new SyscallError(what, errno, errnoName(errno));
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES) {
    const denied = permissionError(what, tracingCapabilities(), cause);
    if (denied !== undefined) return denied;
  }
  const { reason, hint, similar = [] } = explain(target, errno, facts());
  return new AttachError(name, `cannot ${what}: ${reason}`, { cause, hint, similar });
}

interface Explanation {
  readonly reason: string;
  readonly hint?: string | undefined;
  readonly similar?: readonly string[];
}

function explain(target: KprobeTarget, errno: number, { symbols, probeable }: FunctionFacts): Explanation {
  const { symbol } = target;
  const found = symbols.find(symbol);
  if (found.length === 0) return explainMissing(symbol, symbols);
  if (!found.some(({ type }) => /[tTwW]/.test(type))) return { reason: "it is a variable and no function" };
  if (probeable.refused?.has(symbol)) {
    return {
      reason: "the kernel allows no kprobes on it, because the handling of a probe runs through it",
      hint: "Probe a function that calls it.",
    };
  }
  if (found.length > 1 && (errno === ERRNO.EADDRNOTAVAIL || errno === ERRNO.EINVAL)) {
    return {
      reason: `${found.length} functions have this name, and the kernel does not choose`,
      hint: "Probe a function that calls it, or one with a name of its own.",
    };
  }
  if (probeable.traceable !== undefined && !probeable.traceable.has(symbol)) {
    return {
      reason: "it is not traceable: it is marked notrace, or its code was inlined where it is called",
      hint: "Probe a function that calls it. /sys/kernel/tracing/available_filter_functions lists what can be traced.",
    };
  }
  if ((target.offset ?? 0) !== 0) {
    return {
      reason: `there is no instruction that begins at this offset (${errnoName(errno)})`,
      hint: "Without an offset the probe goes to the function's first instruction.",
    };
  }
  return { reason: errnoName(errno) };
}

function explainMissing(symbol: string, symbols: KernelSymbolTable): Explanation {
  const names = [...symbols.functions];
  const variants = names.filter(
    (name) => name.startsWith(`${symbol}.`) && VARIANT.test(name.slice(symbol.length)),
  );
  const whole = variants.filter((name) => !name.endsWith(".cold"));
  const [variant] = whole;
  if (variant !== undefined) {
    return {
      reason: `the compiler optimised it to ${variant}`,
      hint: `Attach to ${variant}; look whether its arguments are still the same.`,
      similar: whole,
    };
  }
  const syscall = /^_*(?:SyS|sys)_(\w+)$/.exec(symbol)?.[1];
  const entries = ["__x64_sys_", "__arm64_sys_"].map((prefix) => `${prefix}${syscall}`);
  const entry = entries.filter((name) => symbols.functions.has(name));
  const similar = [...new Set([...entry, ...similarNames(symbol, names)])].slice(0, 5);
  const [nearest] = similar;
  return {
    reason: "there is no such function in this kernel (it may also have been inlined everywhere)",
    hint:
      nearest === undefined
        ? "Look for it in /proc/kallsyms; a module's functions are there once it is loaded."
        : `Did you mean ${nearest}?${entry.length > 0 ? " System calls have a prefix that depends on the machine." : ""}`,
    similar,
  };
}
