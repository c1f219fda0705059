import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cacheDirectory } from "../compile/cache-directory.ts";
import { packageFile } from "../package-root.ts";

/** Module hooks that let Node run TypeScript: the types are stripped, nothing is checked. */
interface Resolved {
  readonly url: string;
  readonly shortCircuit?: boolean;
}

interface Loaded {
  readonly format: string;
  readonly source?: string | Uint8Array;
  readonly shortCircuit?: boolean;
}

type NextResolve = (specifier: string, context?: object) => Promise<Resolved>;
type NextLoad = (url: string, context: object) => Promise<Loaded>;

const OWN_API = pathToFileURL(packageFile("dist", "lib", "index.js")).href;
const TYPESCRIPT = /\.m?ts$/;

/** A script may import "bcc-ts" wherever it lies: where no installed copy is found, it gets this one. */
export async function resolve(specifier: string, context: object, next: NextResolve): Promise<Resolved> {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (specifier === "bcc-ts") return { url: OWN_API, shortCircuit: true };
    throw error;
  }
}

export async function load(url: string, context: object, next: NextLoad): Promise<Loaded> {
  if (!url.startsWith("file:") || !TYPESCRIPT.test(new URL(url).pathname)) return next(url, context);
  const path = fileURLToPath(url);
  const text = readFileSync(path, "utf8");
  return { format: "module", source: await stripTypes(text, path), shortCircuit: true };
}

/** Starting esbuild costs more than a small script's whole run, so what it made is kept. */
async function stripTypes(text: string, path: string): Promise<string> {
  const directory = cacheDirectory("scripts");
  const key = createHash("sha256").update(`${process.version}\n${path}\n${text}`).digest("hex");
  const kept = "path" in directory ? directory.path : undefined;
  if (kept !== undefined) {
    try {
      return readFileSync(join(kept, `${key}.mjs`), "utf8");
    } catch {
      // Not made yet.
    }
  }
  const { transform } = await import("esbuild");
  const { code } = await transform(text, {
    loader: "ts",
    format: "esm",
    target: `node${process.versions.node}`,
    sourcefile: path,
    sourcemap: "inline",
  });
  if (kept !== undefined) keep(kept, key, code);
  return code;
}

function keep(directory: string, key: string, code: string): void {
  try {
    const temporary = join(directory, `.${key}.${process.pid}`);
    writeFileSync(temporary, code, { flag: "wx", mode: 0o600 });
    renameSync(temporary, join(directory, `${key}.mjs`));
  } catch {
    // A full or closed cache directory costs time at the next start, nothing else.
  }
}
