import { clangArguments } from "./clang-arguments.ts";
import type { ClangResult, ClangRun } from "./clang-run.ts";
import { CompilerError } from "./compiler-error.ts";
import type { Clang } from "./find-clang.ts";

/** A clang that runs and waits for its text. */
export interface StartedClang {
  /** Gives it the text; call it once. */
  finish(code: string): Promise<ClangResult>;
  /** Ends it without a text. */
  end(): void;
}

/** Runs a clang of this machine. The text goes in and the result comes out through pipes, never through files. */
export function runHere(clang: Clang, run: ClangRun, signal?: AbortSignal): Promise<ClangResult> {
  return startClang(clang, run, signal).finish(run.code);
}

/** The first half of `runHere`: with a small text, starting is half of what clang does. */
export function startClang(
  clang: Clang,
  run: Pick<ClangRun, "mode" | "flags">,
  signal?: AbortSignal,
): StartedClang {
  const { promise, resolve, reject } = withResolvers<ClangResult>();
  promise.catch(() => {}); // Its failure is told to the one that gives it a text.
  const { spawn } = process.getBuiltinModule("node:child_process"); // What is cached starts no process.
  const child = spawn(clang.path, [...clang.arguments, ...clangArguments(run.mode, run.flags)], {
    stdio: ["pipe", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  const output: Buffer[] = [];
  const messages: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => messages.push(chunk));
  child.stdin.on("error", () => {}); // A clang that ends early is judged by its status, not by the broken pipe.
  child.on("error", (cause) => reject(cause.name === "AbortError" ? cause : cannotRun(clang, cause)));
  child.on("close", (status, signalName) => {
    if (status === null) reject(cannotRun(clang, new Error(`it was ended by ${signalName}`)));
    else resolve({ status, output: Buffer.concat(output), messages: Buffer.concat(messages).toString() });
  });
  return {
    finish: (code) => {
      child.stdin.end(code);
      return promise;
    },
    end: () => child.kill("SIGKILL"),
  };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (cause: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function cannotRun(clang: Clang, cause: Error): CompilerError {
  const hint = "Set BCC_TS_CLANG to another clang >= 14.";
  return new CompilerError(`${clang.path} could not be run: ${cause.message}`, { hint, cause });
}
