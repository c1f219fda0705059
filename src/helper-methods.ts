import { probeableMatching } from "./attach/traced-functions.ts";
import { matchingTracepoints } from "./attach/tracepoint.ts";
import { matchingFunctions } from "./attach/uprobe-place.ts";
import { memberAtPath } from "./btf/layout.ts";
import { BpfError } from "./errors.ts";
import { SYSCALL_PREFIXES } from "./facts/syscall-names.ts";
import { checkFeature } from "./kernel/features.ts";
import { findLibrary, findProgram } from "./kernel/find-binary.ts";
import { kernelSymbols } from "./kernel/kallsyms.ts";
import { liveFacts } from "./kernel/live-facts.ts";
import { tracepointId } from "./kernel/tracefs.ts";
import type { TraceEvent } from "./rings/parse-trace-line.ts";
import type { TracePipe } from "./rings/trace-pipe.ts";
import { SymbolMethods } from "./symbol-methods.ts";
import { enumNames } from "./values/enum-names.ts";

/** A function of a library or program, where its file's symbol table puts it. */
export interface UserFunction {
  readonly name: string;
  readonly address: number;
}

let syscallPrefix: string | undefined;

/** The part of Bpf that has bcc's small helpers; those that need no program are static. */
export abstract class HelperMethods extends SymbolMethods {
  /** What programs write with bpf_trace_printk, line by line. */
  abstract traceFields(): TracePipe;
  readonly #enums = new Map<string, ReadonlyMap<number | bigint, string>>();

  /**
   * The name of an enum's value, which events and maps give as a number; undefined for a value without a name.
   * The enum is one of the program's (of a map, an event or a variable), or of the kernel's where it has BTF.
   *
   * @throws BpfError "UNKNOWN_ENUM" when neither has such an enum
   * @example
   * bpf.enumName("sock_type", 1); // "SOCK_STREAM"
   */
  enumName(name: string, value: number | bigint): string | undefined {
    let names = this.#enums.get(name);
    if (names === undefined) {
      names = enumNames(this.types, name) ?? enumNames(liveFacts().btf, name);
      if (names === undefined) throw unknownEnum(name);
      this.#enums.set(name, names);
    }
    return names.get(value);
  }

  /**
   * As bcc's trace_print: writes what bpf_trace_printk says to standard output, until close() or for ever. In a
   * form of your own when one is given; a line for which it gives undefined is left out.
   *
   * @example
   * await bpf.tracePrint(({ pid, msg }) => `${pid} ${msg}`);
   */
  async tracePrint(form: (event: TraceEvent) => string | undefined = traceLine): Promise<void> {
    for await (const event of this.traceFields()) {
      const line = form(event);
      if (line !== undefined) process.stdout.write(`${line}\n`);
    }
  }

  /**
   * As bcc's get_syscall_fnname: the kernel function of a system call, by the name without a prefix.
   *
   * @example
   * bpf.attachKprobe({ event: Bpf.getSyscallFnname("openat"), fnName: "on_open" }); // "__x64_sys_openat"
   */
  static getSyscallFnname(name: string): string {
    syscallPrefix ??= SYSCALL_PREFIXES.find((prefix) => kernelSymbols().has(`${prefix}bpf`)) ?? "sys_";
    return `${syscallPrefix}${name}`;
  }

  /** As bcc's fix_syscall_fnname: another machine's name of a system call becomes this one's; others stay. */
  static fixSyscallFnname(name: string): string {
    const prefix = SYSCALL_PREFIXES.find((each) => name.startsWith(each));
    return prefix === undefined ? name : HelperMethods.getSyscallFnname(name.slice(prefix.length));
  }

  /** {@link HelperMethods.getSyscallFnname}, as bcc has it on the object, too. */
  getSyscallFnname(name: string): string {
    return HelperMethods.getSyscallFnname(name);
  }

  /**
   * As bcc's kernel_struct_has_field: whether a struct or union of this kernel has a member, in its anonymous
   * members, too. Undefined, not -1, when the kernel has no such struct. Requires BTF.
   */
  static kernelStructHasField(struct: string, field: string): boolean | undefined {
    const { btf } = liveFacts();
    const id = btf.find(["struct", "union"], struct);
    return id === undefined ? undefined : memberAtPath(btf, id, field) !== undefined;
  }

  /** As bcc's support_kfunc: whether fentry and fexit can be had, found out by trying. */
  static supportKfunc(): boolean {
    return checkFeature("fentry").available;
  }

  /** As bcc's support_fmod_ret: whether programs may change a kernel function's result (KMOD_RET), found out by trying. */
  static supportFmodRet(): boolean {
    return checkFeature("fmod_ret").available;
  }

  /** As bcc's support_lsm: whether LSM_PROBE can be had, found out by trying. */
  static supportLsm(): boolean {
    return checkFeature("lsm").available;
  }

  /** As bcc's support_raw_tracepoint. */
  static supportRawTracepoint(): boolean {
    return checkFeature("raw tracepoints").available;
  }

  /** As bcc's tracepoint_exists. */
  static tracepointExists(category: string, event: string): boolean {
    return tracepointId(category, event) !== undefined;
  }

  /**
   * As bcc's get_kprobe_functions: the kernel functions that can be probed and whose names begin with a match.
   *
   * @throws AttachError when there is none
   */
  static getKprobeFunctions(eventRe: string | RegExp): string[] {
    return probeableMatching(sourceOf(eventRe)).map(({ name }) => name);
  }

  /** As bcc's get_tracepoints: the tracepoints, as "category:event", whose names begin with a match. */
  static getTracepoints(tpRe: string | RegExp): string[] {
    return matchingTracepoints(sourceOf(tpRe)).map(({ category, event }) => `${category}:${event}`);
  }

  /**
   * As bcc's get_user_functions_and_addresses: the functions of a library or program (of this process, if one is
   * told) whose names begin with a match, with the addresses that attachUprobe's `addr` takes.
   *
   * @throws AttachError when there is no such file, or no such function
   */
  static getUserFunctions(name: string, symRe: string | RegExp, pid?: number): UserFunction[] {
    const point = { kind: "uprobe" as const, binary: name, pid };
    return matchingFunctions(point, sourceOf(symRe)).map((each) => ({
      name: each.name,
      address: each.address,
    }));
  }

  /** As bcc's find_library: the path of a shared library, "c" or "libc.so.6". */
  static findLibrary(name: string): string | undefined {
    return findLibrary(name);
  }

  /** As bcc's find_exe: the path of a program on PATH. */
  static findExe(name: string): string | undefined {
    return findProgram(name);
  }

  /** As bcc's monotonic_time: nanoseconds of the clock that bpf_ktime_get_ns() reads. */
  static monotonicTime(): bigint {
    return process.hrtime.bigint();
  }
}

function unknownEnum(name: string): BpfError {
  return new BpfError(
    "UNKNOWN_ENUM",
    `there is no enum ${name} in the program's types, nor in the kernel's`,
    {
      hint: "Give the name without the word enum; the program keeps those that its tables and events use.",
    },
  );
}

function sourceOf(pattern: string | RegExp): string {
  return typeof pattern === "string" ? pattern : pattern.source;
}

function traceLine({ task, pid, cpu, flags, ts, msg }: TraceEvent): string {
  const head = `${task.padStart(16)}-${String(pid).padEnd(7)} [${String(cpu).padStart(3, "0")}] ${flags}`;
  return `${head} ${ts.toFixed(6)}: ${msg}`;
}
