import type { CompileFlags } from "./compile/clang-arguments.ts";
import type { KernelFacts } from "./facts/kernel-facts.ts";
import type { Program } from "./program/program.ts";
import type { UsdtProbe } from "./program/usdt.ts";

export interface BuildOptions extends CompileFlags {
  readonly facts: KernelFacts;
  /** False: neither read nor write the cache of compiled objects. */
  readonly cache?: boolean | undefined;
  /** By the program's name: the USDT probe at which it runs. */
  readonly usdt?: ReadonlyMap<string, UsdtProbe> | undefined;
  /** Kernel memory is read by probe reads alone. */
  readonly plainReads?: boolean | undefined;
  /** The lower halves of values are kept apart, for a verifier that lost their bounds. */
  readonly keepBounds?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly warn: (message: string) => void;
  /** Called while clang looks at the text, and while it makes the object: for what can be done meanwhile. */
  readonly whileParsing?: () => void;
  readonly whileCompiling?: () => void;
}

/** A program ready to be loaded. What only the translation knows is there when it was not taken from the cache. */
export interface BuiltProgram {
  readonly program: Omit<Program, "code" | "kernelTypes">;
  readonly object: Uint8Array;
  readonly fromCache: boolean;
}
