import type { Btf } from "../../btf/btf.ts";
import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { UsdtProbe } from "../../program/usdt.ts";
import type { CTypes } from "./c-types.ts";
import type { ProbeContext, Provider } from "./probe-context.ts";

/** What attach points need of the machine. Names are asked for only where a script has a pattern or an error. */
export interface AttachWorld {
  readonly facts: KernelFacts;
  readonly types: CTypes;
  readonly pid?: number | undefined;
  /** The path of the program that the traced process runs. */
  readonly program?: string | undefined;
  /** Only tests, or blocks that are measured, run, beside begin and end. */
  readonly mode?: "test" | "bench" | undefined;
  /** Allow what can change the machine, or bring it down. */
  readonly unsafe: boolean;
  /** The USDT probes of a program or library, or of the process that is traced ("*"); undefined without such a file. */
  usdtProbes(binary: string): readonly UsdtProbe[] | undefined;
  /** The types of functions of a program or library, as its debug information has them. */
  userTypes(binary: string, functions: readonly string[]): Btf | undefined;
  /** A function or variable of a program or library, before the file is relocated. */
  userSymbol(binary: string, name: string): { readonly address: number; readonly size: number } | undefined;
  /** Where a line of a source file begins in a program, and the lines that have code; undefined where nothing tells. */
  sourceLine(
    binary: string,
    file: string,
    line: number,
    column?: number,
  ): { readonly addresses: readonly number[]; readonly lines: readonly number[] } | undefined;
  userFunctions(binary: string): readonly string[] | undefined;
  kernelAddress(symbol: string): bigint | undefined;
  /** Tells whether such a file is the same as before. */
  binaryIdentity(binary: string): string | undefined;
  /** Functions that can be probed, for patterns that become one program each. */
  kernelFunctions(): Iterable<string>;
}

/** Why an attach point cannot be. */
export class AttachPointError extends Error {
  readonly hint: string | undefined;
  readonly code: string;
  /** What is to be said beside it. */
  readonly warning: string | undefined;

  constructor(message: string, hint?: string, code = "ATTACH_POINT", warning?: string) {
    super(message);
    this.hint = hint;
    this.code = code;
    this.warning = warning;
  }
}

/** Gives the programs of an attach point of one provider. */
export type Resolver = (
  parts: string[],
  provider: Provider,
  world: AttachWorld,
  each: boolean,
) => ProbeContext[];
