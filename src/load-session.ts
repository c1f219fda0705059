import type { BuildOptions, BuiltProgram } from "./built-program.ts";
import type { KernelFacts } from "./facts/kernel-facts.ts";
import type { SourceText } from "./source/source-text.ts";

/** What a command line asks of the loads of the script that it runs. */
export interface LoadSession {
  /** Compile for this kernel instead of the running one. */
  readonly facts?: KernelFacts;
  /** Called instead of the translation and all that follows it. */
  readonly onTranslate?: (source: SourceText, options: BuildOptions) => Promise<void>;
  /** Called with what was compiled, before it is loaded. */
  readonly onBuild?: (built: BuiltProgram, facts: KernelFacts) => Promise<void>;
  /** Called with what was loaded, before anything is attached. */
  readonly onLoad?: (built: BuiltProgram) => Promise<void>;
}

/** The script may use another installed copy than the command does: both look here. */
const PLACE = Symbol.for("bcc-ts.load-session");
const shared = globalThis as { [PLACE]?: LoadSession };

/** The session of this process: an empty one unless the CLI runs a script. */
export function loadSession(): LoadSession {
  return shared[PLACE] ?? {};
}

export function setLoadSession(session: LoadSession): void {
  shared[PLACE] = session;
}
