import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { constants, Script } from "node:vm";
import { cacheDirectory } from "./compile/cache-directory.ts";

const DIGEST_BYTES = 32;
const SETTLED_MS = 2000;
const SUFFIX = ".code";
const MOST_FILES = 6;

/**
 * Runs a CommonJS file of this package and gives its exports. What V8 compiles of it in a first process is kept
 * for later ones: compiling takes a third of the time that a cached program needs beyond Node's own start.
 * `identity` changes with the file's text, of which V8 itself compares the length alone.
 */
export function runCached(file: string, identity: string): Record<string, unknown> {
  const code = readFileSync(file, "utf8");
  const place = placeFor(identity);
  const cachedData = place && readKept(place);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  const body = script.runInThisContext() as (...parts: readonly unknown[]) => void;
  body(module.exports, createRequire(file), module, file, dirname(file));
  if (place !== undefined && (cachedData === undefined || script.cachedDataRejected))
    keepLater(script, place);
  return module.exports;
}

function placeFor(identity: string): string | undefined {
  const directory = cacheDirectory("scripts");
  if ("refused" in directory) return undefined;
  return join(directory.path, `${identity}-${process.version}-${process.arch}${SUFFIX}`);
}

/** V8 trusts what it is given: a damaged file must not reach it. */
function readKept(place: string): Buffer | undefined {
  try {
    const bytes = readFileSync(place);
    const data = bytes.subarray(DIGEST_BYTES);
    return digest(data).equals(bytes.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** When the first program has been loaded, what a start needs has been compiled. */
function keepLater(script: Script, place: string): void {
  let kept = false;
  const keep = () => {
    if (kept) return;
    kept = true;
    process.off("exit", keep);
    try {
      const data = script.createCachedData();
      const temporary = `${place}.${process.pid}`;
      writeFileSync(temporary, Buffer.concat([digest(data), data]), { flag: "wx", mode: 0o600 });
      renameSync(temporary, place);
      prune(dirname(place));
    } catch {
      // A full or closed directory costs time at the next start, nothing else.
    }
  };
  process.on("exit", keep);
  setTimeout(keep, SETTLED_MS).unref();
}

/** Each build of the package leaves half a megabyte. */
function prune(directory: string): void {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => ({ path: join(directory, name), time: statSync(join(directory, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of files.slice(MOST_FILES)) rmSync(path, { force: true });
}

function digest(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
