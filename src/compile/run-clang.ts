import type { ClangResult, ClangRun } from "./clang-run.ts";
import { checkVersion } from "./clang-version.ts";
import { CompilerError } from "./compiler-error.ts";
import { findClang } from "./find-clang.ts";
import { runRemotely } from "./remote-clang.ts";
import { runHere, type StartedClang } from "./run-here.ts";

/** In a guest whose host offers its clang, where it is reached. */
export function clangPort(): string | undefined {
  return process.env.BCC_TS_CLANG_PORT || undefined;
}

/** Runs clang over a text: the one that was started for it, another here, or the host's. */
export async function runClang(
  run: ClangRun,
  signal?: AbortSignal,
  started?: StartedClang,
): Promise<ClangResult> {
  const port = includesOwnHeaders(run) ? undefined : clangPort();
  const result = await (started?.finish(run.code) ??
    (port === undefined ? runLocally(run, signal) : runRemotely(port, run, signal)));
  checkUsable(result);
  return result;
}

/** The host need not have the headers that a guest has. */
function includesOwnHeaders({ code, flags }: ClangRun): boolean {
  return flags.directory !== undefined && /^[ \t]*#[ \t]*include[ \t]*"/m.test(code);
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
