import { readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { packageFile } from "../package-root.ts";
import { keepScript, keptScript } from "./script-cache.ts";

/** Anything that looks like an import, in a comment or a string, too. */
const SPECIFIERS = /\b(?:from|import)\s*(["'])(.*?)\1/g;
/** What depends on the place of the file in a way that is not put in when its types are stripped. */
const TIED_TO_ITS_PLACE =
  /\bimport\s*\(|\bimport\s*\.\s*meta\b(?!\s*\.\s*(?:url|dirname|filename)\b)|\brequire\b/;
const BUILTIN = new Set(builtinModules);

/** The URLs of what to import, in this order. */
type Modules = readonly string[];

/**
 * What to import for a script that imports nothing but Node's modules and bcc-ts: its JavaScript, made once and
 * kept, or the script itself. Undefined for another one: it needs the module hooks, whose thread takes as long
 * to start as Node itself.
 */
export async function standaloneScript(path: string): Promise<Modules | undefined> {
  const text = readFileSync(path, "utf8");
  if (TIED_TO_ITS_PLACE.test(text)) return undefined;
  const names = [...text.matchAll(SPECIFIERS)].map((match) => match[2] ?? "");
  if (!names.every((name) => name === "bcc-ts" || isBuiltin(name))) return undefined;
  const usesApi = names.includes("bcc-ts");
  const installed = usesApi ? installedApi(path) : undefined;
  if (![".ts", ".mts"].includes(extname(path))) {
    return usesApi && installed === undefined ? undefined : [pathToFileURL(path).href];
  }
  const api = pathToFileURL(installed ?? packageFile("dist", "lib", "index.js")).href;
  const kept = keptScript(["standalone", path, api, text]);
  if (kept === undefined) return undefined;
  if (!kept.made) {
    const { stripScript } = await import("./strip-script.ts");
    const [code] = await Promise.all([stripScript(path, text, api), usesApi && import(api)]);
    if (code === undefined || !keepScript(kept.path, code)) return undefined;
  }
  return [...(usesApi ? [api] : []), pathToFileURL(kept.path).href];
}

function isBuiltin(name: string): boolean {
  return name.startsWith("node:") || BUILTIN.has(name);
}

/** The copy of bcc-ts that the script finds where it lies. */
function installedApi(path: string): string | undefined {
  try {
    return createRequire(path).resolve("bcc-ts");
  } catch {
    return undefined;
  }
}
