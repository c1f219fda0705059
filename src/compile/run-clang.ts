import { spawn } from "node:child_process";
import { type CompileFlags, type CompileMode, clangArguments } from "./clang-arguments.ts";
import { CompilerError } from "./compiler-error.ts";
import { type Clang, findClang } from "./find-clang.ts";
import { runRemotely } from "./remote-clang.ts";

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

/** Runs clang over a text: here, or, in a guest whose host offers it, on the host. */
export async function runClang(run: ClangRun, signal?: AbortSignal): Promise<ClangResult> {
  const port = process.env.BCC_TS_CLANG_PORT;
  const result = port ? await runRemotely(port, run, signal) : await runHere(findClang(), run, signal);
  checkUsable(result);
  return result;
}

/** Runs a clang of this machine. The text goes in and the result comes out through pipes, never through files. */
export function runHere(clang: Clang, run: ClangRun, signal?: AbortSignal): Promise<ClangResult> {
  const { promise, resolve, reject } = withResolvers<ClangResult>();
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
  child.stdin.end(run.code);
  return promise;
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

function checkUsable({ messages }: ClangResult): void {
  if (/unknown target triple|unable to create target|No available targets are compatible/.test(messages)) {
    const hint =
      "Use a clang that lists bpf under --print-targets; Debian's and the clang-wasm package's do.";
    throw new CompilerError("this clang was built without the BPF target", { hint });
  }
}
