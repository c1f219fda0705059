import { AttachError, BpfError } from "./errors.ts";
import { findBinary } from "./kernel/find-binary.ts";
import { usdtProbesOfFile, usdtProbesOfProcess } from "./kernel/usdt-probes.ts";
import { argumentCount, usdtReaders } from "./languages/bcc/usdt-readers.ts";
import type { AttachPoint } from "./program/program.ts";
import { type UsdtProbe, usdtName } from "./program/usdt.ts";
import { similarNames } from "./source/similar-names.ts";

/** Where probes are looked for: in a process and its libraries, or in a file, in one process when both are told. */
export type UsdtTarget =
  | { readonly pid: number; readonly path?: string }
  | { readonly path: string; readonly pid?: number };

/**
 * The probes that a program or library declares of itself (user statically-defined tracing, `DTRACE_PROBE`), as
 * bcc's USDT. Requires Linux 4.20.
 *
 * @example
 * const usdt = new USDT({ path: "/usr/lib/x86_64-linux-gnu/libstdc++.so.6" });
 * usdt.enableProbe({ probe: "throw", fnName: "on_throw" });
 * using bpf = await load(`
 * BPF_HASH(thrown, u32);
 * int on_throw(struct pt_regs *ctx) { thrown.increment(bpf_get_current_pid_tgid() >> 32); return 0; }
 * `, { usdtContexts: [usdt] });
 */
export class USDT {
  readonly pid: number | undefined;
  readonly #probes: readonly UsdtProbe[];
  readonly #enabled = new Map<string, UsdtProbe>();
  readonly #what: string;

  /**
   * Reads the probes.
   *
   * @throws AttachError where there is no such process or file; BpfError "ELF" where the file is damaged
   */
  constructor({ pid, path }: UsdtTarget) {
    this.pid = pid;
    this.#what = path ?? `the process ${pid}`;
    this.#probes = path === undefined ? probesOfProcess(pid ?? 0) : probesOfFile(path, pid);
  }

  /**
   * Has a function of the C text run at a probe, "name" or "provider:name". load() attaches it.
   *
   * @throws AttachError with similar names where there is no such probe; BpfError "USDT" where the function has one
   */
  enableProbe({ probe, fnName }: { readonly probe: string; readonly fnName: string }): void {
    const found = this.#find(probe);
    if (this.#enabled.has(fnName)) {
      throw new BpfError("USDT", `${fnName} is enabled for another probe already`, {
        hint: "The arguments of each probe lie elsewhere: write a function for each.",
      });
    }
    this.#enabled.set(fnName, found);
  }

  /** All probes: their providers, names, and where they stand with which arguments. As bcc's enumerate_probes. */
  enumerateProbes(): readonly UsdtProbe[] {
    return this.#probes;
  }

  /** The C functions that read the arguments of the enabled probes. As bcc's get_text; load() adds them itself. */
  getText(): string {
    return usdtReaders(this.#enabled);
  }

  /** The C type of an argument, counted from 1: "int32_t"; undefined when the probe has fewer. */
  getProbeArgCtype(probe: string, index: number): string | undefined {
    const argument = this.#find(probe).locations[0]?.arguments[index - 1];
    return argument && `${argument.signed ? "" : "u"}int${argument.size * 8}_t`;
  }

  /** The number of arguments of a probe. */
  argumentCount(probe: string): number {
    return argumentCount(this.#find(probe));
  }

  /** The enabled probes by the names of the C functions. */
  get enabled(): ReadonlyMap<string, UsdtProbe> {
    return this.#enabled;
  }

  #find(name: string): UsdtProbe {
    const found = this.#probes.filter((probe) => probe.name === name || usdtName(probe) === name);
    const [first, second] = found;
    if (first !== undefined && second === undefined) return first;
    if (first !== undefined) {
      const names = found.map(usdtName);
      throw new AttachError(name, `${this.#what} has several probes ${name}`, {
        similar: names,
        hint: `Say whose: ${names.join(", ")}.`,
      });
    }
    const qualified = name.includes(":");
    const names = new Set(this.#probes.map((probe) => (qualified ? usdtName(probe) : probe.name)));
    const similar = similarNames(name, names);
    const none = names.size === 0 ? "It declares none: it must be built with them." : undefined;
    const hint = similar[0] === undefined ? none : `Did you mean ${similar[0]}?`;
    throw new AttachError(name, `${this.#what} has no USDT probe ${name}`, { similar, hint });
  }
}

function probesOfFile(path: string, pid: number | undefined): UsdtProbe[] {
  const file = findBinary(path, pid);
  if (file === undefined) throw new AttachError(path, `there is no library or program ${path}`);
  return usdtProbesOfFile(file);
}

function probesOfProcess(pid: number): UsdtProbe[] {
  const probes = usdtProbesOfProcess(pid);
  if (probes === undefined) throw new AttachError(String(pid), `there is no process ${pid}`);
  return probes;
}

/** The probes by the programs that run at them. */
export function usdtPrograms(contexts: readonly USDT[]): Map<string, UsdtProbe> {
  return new Map(contexts.flatMap((context) => [...context.enabled]));
}

/** Where these programs are attached. */
export function usdtPoints(contexts: readonly USDT[]): Map<string, AttachPoint> {
  return new Map(
    contexts.flatMap(({ enabled, pid }) =>
      [...enabled].map(([name, probe]) => [name, { kind: "usdt", probe, pid }] as const),
    ),
  );
}
