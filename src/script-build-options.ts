import type { KernelFacts } from "./facts/kernel-facts.ts";
import type { ScriptWorld } from "./languages/bpftrace/check-state.ts";
import type { ScriptDescription } from "./program/script.ts";
import type { Diagnostic } from "./source/diagnostic.ts";

/** What the compilation of a script is told of the machine, the command line and the environment. */
export interface ScriptBuildOptions {
  readonly facts: KernelFacts;
  readonly world: Omit<ScriptWorld, "types" | "facts">;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Tell of the kernel's helpers that fail: missing keys and the like. */
  readonly helperErrors?: boolean | undefined;
  /** False: neither read nor write the cache of compiled objects. */
  readonly cache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly warn: (message: string) => void;
  /** Called while clang runs, for what can be done meanwhile. */
  readonly whileCompiling?: (() => void) | undefined;
}

/** A script ready to be loaded. */
export interface BuiltScript {
  readonly description: ScriptDescription;
  readonly object: Uint8Array;
  readonly warnings: readonly Diagnostic[];
  readonly fromCache: boolean;
}
