import { statSync } from "node:fs";

const COMMANDS: ReadonlySet<string> = new Set(["run", "doctor", "vm", "help"]);
/** Of the whole command, not of one-liners. */
const OWN_OPTIONS: ReadonlySet<string> = new Set(["-h", "--help", "-V", "--version"]);

/**
 * Whether the words are a one-liner's: its options, "-", or the file of a script, as when the kernel starts one
 * by its first line. Under the name bpftrace everything is.
 */
export function isOneLiner(words: readonly string[], calledAs: string): boolean {
  if (calledAs === "bpftrace") return true;
  const [first] = words;
  if (first === undefined || COMMANDS.has(first) || OWN_OPTIONS.has(first)) return false;
  return first.startsWith("-") || isFile(first);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
