import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheKey, ObjectCache } from "../src/compile/object-cache.ts";
import { packageFile } from "../src/package-root.ts";

const CLANG = packageFile("node_modules", "clang-linux-x64", "clang");
const FLAGS = ["-target", "bpf", "-O2", "-g", "-w"];

interface Job {
  readonly directory: string;
  /** The files there that the result depends on. */
  readonly files: readonly string[];
  /** Compiled instead of the first file. */
  readonly text?: string;
}

/**
 * Compiles C to a BPF object with plain clang, or takes the object of an earlier run: where clang is slow, in a
 * guest, what the host compiled is found.
 */
export function compileOnce({ directory, files, text }: Job): Buffer {
  const place = text === undefined ? [files[0] ?? ""] : ["-x", "c", "-I", directory, "-"];
  const compiler = String(statSync(`${CLANG}-real`).size);
  const contents = files.map((name) => readFileSync(join(directory, name), "utf8"));
  const key = cacheKey(["test", compiler, ...FLAGS, ...place, ...contents, text ?? ""]);
  const cache = new ObjectCache((message) => process.emitWarning(message));
  const known = cache.read(key);
  if (known !== undefined) return Buffer.from(known.object);
  const object = execFileSync(CLANG, [...FLAGS, "-c", "-o", "-", ...place], {
    cwd: directory,
    stdio: ["pipe", "pipe", "inherit"],
    ...(text !== undefined && { input: text }),
  });
  cache.write(key, { description: "", object });
  return object;
}
