import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packageFile } from "../package-root.ts";
import { keepScript, keptScript } from "./script-cache.ts";

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
  const kept = keptScript(["hooked", path, text]);
  if (kept?.made) return readFileSync(kept.path, "utf8");
  const { transform } = await import("esbuild");
  const { code } = await transform(text, {
    loader: "ts",
    format: "esm",
    target: `node${process.versions.node}`,
    sourcefile: path,
    sourcemap: "inline",
  });
  if (kept !== undefined) keepScript(kept.path, code);
  return code;
}
