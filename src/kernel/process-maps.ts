import { readFileSync } from "node:fs";
import { PermissionError } from "../errors.ts";

/** A range of a process's memory. Addresses are exact: user addresses have 48 bits at most. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly executable: boolean;
  /** Where it begins in the file. */
  readonly offset: number;
  /** Device and inode, as text; "00:00 0" without a file. */
  readonly file: string;
  /** The file's path as the process sees it, or a name in brackets: "[heap]", "[vdso]". */
  readonly path: string;
  /** True when the file was removed or replaced since. */
  readonly deleted: boolean;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) (\S+ \d+) *(.*)$/gm;
const DELETED = " (deleted)";

/** Reads the text of /proc/PID/maps. The vsyscall page is left out: it is no user address. */
export function parseMaps(text: string): Mapping[] {
  return Array.from(
    text.matchAll(LINE),
    ([, start = "", end = "", flags = "", offset = "", file = "", name = ""]) => {
      return {
        start: Number.parseInt(start, 16),
        end: Number.parseInt(end, 16),
        executable: flags[2] === "x",
        offset: Number.parseInt(offset, 16),
        file,
        ...mappedName(unescapePath(name)),
      };
    },
  ).filter((mapping) => mapping.path !== "[vsyscall]");
}

/** What the kernel's name of a mapping says. */
export function mappedName(name: string): Pick<Mapping, "path" | "deleted"> {
  const deleted = name.endsWith(DELETED);
  return { path: deleted ? name.slice(0, -DELETED.length) : name, deleted };
}

/**
 * The memory of a process, or of this one; undefined when there is no such process. Throws PermissionError for one
 * that this user may not look into.
 */
export function processMaps(pid: number | "self"): Mapping[] | undefined {
  try {
    return parseMaps(readFileSync(`/proc/${pid}/maps`, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new PermissionError("CAP_SYS_PTRACE", `the memory map of process ${pid} may not be read`, {
      cause: error,
      hint: "Run as root, or as the process's own user; a security policy may forbid it to root, too.",
    });
  }
}

/** A path as a process sees it, from here: it may have another root. */
export function pathSeenBy(pid: number, path: string): string {
  return `/proc/${pid}/root${path}`;
}

/** The kernel writes a line end in a path as \012. */
function unescapePath(path: string): string {
  return path.replaceAll("\\012", "\n");
}
