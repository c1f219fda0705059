import { register } from "node:module";
import { pathToFileURL } from "node:url";
import { type LoadSession, setLoadSession } from "../load-session.ts";
import { packageFile } from "../package-root.ts";

/** Runs a script in this process, as `node FILE ARGUMENTS` would. It ends when nothing is left to do. */
export async function runScript(
  path: string,
  words: readonly string[],
  session: LoadSession,
): Promise<undefined> {
  setLoadSession(session);
  process.argv = [process.argv[0] ?? "node", path, ...(words[0] === "--" ? words.slice(1) : words)];
  register(pathToFileURL(packageFile("dist", "lib", "script-hooks.js")).href);
  await import(pathToFileURL(path).href);
}
