import { promisify } from "node:util";
import { CompilerError } from "./compiler-error.ts";
import type { Clang } from "./find-clang.ts";

const OLDEST = 14;
const checked = new Map<string, Promise<void>>();

/**
 * Refuses a clang whose syntax trees and BPF code are too old. The package's is known; another one is asked
 * once in a process.
 */
export function checkVersion(clang: Clang): Promise<void> {
  if (clang.origin === "clang-wasm") return Promise.resolve();
  let check = checked.get(clang.identity);
  if (check === undefined) {
    check = askVersion(clang);
    checked.set(clang.identity, check);
  }
  return check;
}

async function askVersion({ path, arguments: words }: Clang): Promise<void> {
  const hint = `Install a clang >= ${OLDEST}, or run npm ci to bring the clang-wasm package.`;
  const { execFile } = process.getBuiltinModule("node:child_process");
  let text: string;
  try {
    ({ stdout: text } = await promisify(execFile)(path, [...words, "--version"]));
  } catch (cause) {
    throw new CompilerError(`${path} does not tell its version`, { hint, cause });
  }
  const version = /clang version (\d+)/.exec(text)?.[1];
  if (version === undefined) throw new CompilerError(`${path} is not clang`, { hint });
  if (Number(version) < OLDEST)
    throw new CompilerError(`${path} is clang ${version}, which is too old`, { hint });
}
