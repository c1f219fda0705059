import type { CompileFlags, CompileMode } from "./clang-arguments.ts";

export interface ClangRun {
  readonly mode: CompileMode;
  readonly code: string;
  readonly flags: CompileFlags;
}

export interface ClangResult {
  /** The exit status: 0, or not when the text has errors. */
  readonly status: number;
  readonly output: Buffer;
  readonly messages: string;
}
