import type { CompileFlags, CompileMode } from "./clang-arguments.ts";
import type { ClangResult } from "./clang-run.ts";
import { findClang } from "./find-clang.ts";
import { clangPort, runClang } from "./run-clang.ts";
import { type StartedClang, startClang } from "./run-here.ts";

/** The runs of clang that one program needs. Stops what it runs when the signal aborts. */
export class ClangSession {
  readonly #flags: CompileFlags;
  readonly #signal: AbortSignal | undefined;
  readonly #started = new Map<CompileMode, StartedClang>();

  constructor(flags: CompileFlags, signal?: AbortSignal) {
    this.#flags = flags;
    this.#signal = signal;
  }

  /** Starts a clang while its text is still being made. The session must be closed then. */
  start(mode: CompileMode): void {
    if (clangPort() !== undefined || this.#started.has(mode)) return;
    const clang = findClang();
    // Another than the package's is asked for its version before it gets a text.
    if (clang.origin !== "clang-wasm") return;
    this.#started.set(mode, startClang(clang, { mode, flags: this.#flags }, this.#signal));
  }

  run(mode: CompileMode, code: string): Promise<ClangResult> {
    const started = this.#started.get(mode);
    this.#started.delete(mode);
    return runClang({ mode, code, flags: this.#flags }, this.#signal, started);
  }

  /** Ends what was started and never got a text. */
  close(): void {
    for (const clang of this.#started.values()) clang.end();
    this.#started.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
