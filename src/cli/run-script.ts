import { register } from "node:module";
import { pathToFileURL } from "node:url";
import { type LoadSession, setLoadSession } from "../load-session.ts";
import { packageFile } from "../package-root.ts";
import { standaloneScript } from "./standalone-script.ts";

/** Runs a script in this process, as `node FILE ARGUMENTS` would. It ends when nothing is left to do. */
export async function runScript(
  path: string,
  words: readonly string[],
  session: LoadSession,
): Promise<undefined> {
  setLoadSession(session);
  process.argv = [process.argv[0] ?? "node", path, ...(words[0] === "--" ? words.slice(1) : words)];
  const standalone = await standaloneScript(path);
  if (standalone === undefined) register(pathToFileURL(packageFile("dist", "lib", "script-hooks.js")).href);
  const modules = standalone ?? [pathToFileURL(path).href];
  for (const [i, url] of modules.entries()) {
    // The script's errors name its own lines; reading the library's map as well would take as long as the library.
    if (i === modules.length - 1) process.setSourceMapsEnabled(true);
    await import(url);
  }
  return undefined;
}
