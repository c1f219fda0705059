import { lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { VmError } from "./vm-error.ts";

/**
 * The private directory of saved states: `$XDG_CACHE_HOME/bcc-ts/vm`, or `~/.cache/bcc-ts/vm`. Made when missing.
 * A state is a machine that we start with our rights, so nobody else may be able to write there.
 *
 * @throws VmError VM_OPTION when it belongs to someone else, is a link, or is open to others.
 */
export function stateDirectory(): string {
  const directory = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bcc-ts", "vm");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const status = lstatSync(directory);
  const ours = status.isDirectory() && status.uid === process.geteuid?.() && (status.mode & 0o077) === 0;
  if (!ours)
    throw new VmError("VM_OPTION", `${directory} is not a private directory of this user`, {
      hint: `remove it, or set XDG_CACHE_HOME to a directory of your own`,
    });
  return directory;
}

/** An empty directory, for exports that show nothing. */
export function emptyDirectory(): string {
  const directory = join(stateDirectory(), "empty");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
