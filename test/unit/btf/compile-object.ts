import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findClang } from "../../../src/compile/find-clang.ts";

/** What clang says of C text for BPF: its messages, "" when it accepts the text without a warning. */
export function checkC(text: string, options: readonly string[] = [], target = "bpf"): string {
  return run(text, ["-target", target, "-fsyntax-only", "-Wall", "-Wextra", ...options], () => undefined)
    .messages;
}

/** The object that clang makes of C text for BPF, with types and line information. Fails on any message. */
export function compileObject(text: string, options: readonly string[] = []): Buffer {
  const { messages, result } = run(text, ["-target", "bpf", "-O2", "-g", "-c", ...options], (object) => {
    return readFileSync(object);
  });
  if (messages !== "" || result === undefined) throw new Error(`clang: ${messages}`);
  return result;
}

function run<T>(
  text: string,
  options: readonly string[],
  use: (object: string) => T,
): { messages: string; result: T | undefined } {
  const clang = findClang();
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-btf-"));
  try {
    const [source, object] = [join(directory, "text.c"), join(directory, "text.o")];
    writeFileSync(source, text);
    const { status, stderr, error } = spawnSync(
      clang.path,
      [...clang.arguments, ...options, source, "-o", object],
      { encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    if (error !== undefined) throw error;
    return { messages: stderr, result: status === 0 ? use(object) : undefined };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
