import type { ClangResult, ClangRun } from "./clang-run.ts";
import { checkVersion } from "./clang-version.ts";
import { CompilerError } from "./compiler-error.ts";
import { findClang } from "./find-clang.ts";
import { runRemotely } from "./remote-clang.ts";
import { runHere } from "./run-here.ts";

/** Runs clang over a text: here, or, in a guest whose host offers it, on the host. */
export async function runClang(run: ClangRun, signal?: AbortSignal): Promise<ClangResult> {
  const port = process.env.BCC_TS_CLANG_PORT;
  const result = port ? await runRemotely(port, run, signal) : await runLocally(run, signal);
  checkUsable(result);
  return result;
}

async function runLocally(run: ClangRun, signal: AbortSignal | undefined): Promise<ClangResult> {
  const clang = findClang();
  await checkVersion(clang);
  return runHere(clang, run, signal);
}

function checkUsable({ messages }: ClangResult): void {
  if (/unknown target triple|unable to create target|No available targets are compatible/.test(messages)) {
    const hint =
      "Use a clang that lists bpf under --print-targets; Debian's and the clang-wasm package's do.";
    throw new CompilerError("this clang was built without the BPF target", { hint });
  }
}
