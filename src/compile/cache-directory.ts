import { lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The directory for what is made once and used again: a folder of `BCC_TS_CACHE`, or of `bcc-ts` under
 * `XDG_CACHE_HOME` or `~/.cache`. What lies there is loaded into the kernel or run, so it must be the user's own
 * and closed to everyone else.
 *
 * @returns the directory, or the reason why it cannot be used
 */
export function cacheDirectory(
  folder: "objects" | "scripts",
  environment: NodeJS.ProcessEnv = process.env,
): { path: string } | { refused: string } {
  const base = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  const path = join(environment.BCC_TS_CACHE || join(base, "bcc-ts"), folder);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const status = lstatSync(path);
    if (!status.isDirectory()) return { refused: `${path} is not a directory` };
    if (status.uid !== process.getuid?.()) return { refused: `${path} belongs to another user` };
    if ((status.mode & 0o077) !== 0) return { refused: `${path} is open to other users: chmod 700 it` };
    return { path };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}
