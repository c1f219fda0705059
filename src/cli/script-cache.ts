import { createHash } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../compile/cache-directory.ts";
import { pruneDirectory } from "../compile/prune-directory.ts";

const LIMIT = { bytes: 16 << 20, entries: 256 } as const;

/** Where the JavaScript of a script is kept, by all that it depends on; undefined when nothing can be kept. */
export function keptScript(parts: readonly string[]): { path: string; made: boolean } | undefined {
  const directory = cacheDirectory("scripts");
  if ("refused" in directory) return undefined;
  const hash = createHash("sha256");
  for (const part of [process.version, ...parts]) hash.update(`${part.length}:${part}`);
  const path = join(directory.path, `${hash.digest("hex")}.mjs`);
  return { path, made: existsSync(path) };
}

/** Tells whether it worked: a full or closed directory costs time at the next start, nothing else. */
export function keepScript(path: string, code: string): boolean {
  try {
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, code, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
    pruneDirectory(dirname(path), LIMIT);
    return true;
  } catch {
    return false;
  }
}
