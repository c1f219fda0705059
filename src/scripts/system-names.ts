import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { libc } from "../ffi/libc.ts";
import { readCString } from "../ffi/library.ts";

const MOST_SIGNALS = 64;

/** "No such file or directory" for 2. */
export function systemErrorText(errno: number): string {
  return readCString(libc().strerror(errno));
}

/** "Interrupt" for 2. */
export function signalText(signal: number): string {
  return signal < 0 || signal > MOST_SIGNALS ? "N/A" : readCString(libc().strsignal(signal));
}

/** The name of a process; empty when it has ended. */
export function processName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").replace(/\n$/, "");
  } catch {
    return "";
  }
}

let users: ReadonlyMap<number, string> | undefined;

/** The name of a user, their number where there is none. */
export function userName(id: number): string {
  users ??= readUsers();
  return users.get(id) ?? String(id);
}

function readUsers(): ReadonlyMap<number, string> {
  try {
    const lines = readFileSync("/etc/passwd", "utf8").split("\n");
    const rows = lines.map((line) => line.split(":")).filter((row) => row.length >= 3);
    // The first of several names is the one that other tools show.
    return new Map(rows.reverse().map(([name = "", , id]) => [Number(id), name]));
  } catch {
    return new Map(); // A container may have no such file: numbers are shown.
  }
}

const CGROUPS = "/sys/fs/cgroup";
const MOST_CGROUPS = 10_000;
const cgroups = new Map<bigint, string>();

/** The path of a control group of the unified hierarchy: its number is the inode of its directory. */
export function cgroupPath(id: bigint): string {
  const known = cgroups.get(id);
  if (known !== undefined) return known;
  let left = MOST_CGROUPS;
  const visit = (directory: string): void => {
    if (left-- <= 0) return;
    cgroups.set(statSync(directory, { bigint: true }).ino, directory.slice(CGROUPS.length) || "/");
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) visit(join(directory, entry.name));
    }
  };
  try {
    visit(CGROUPS);
  } catch {
    // Groups come and go while they are looked at; what was found so far counts.
  }
  const path = cgroups.get(id);
  return path === undefined ? `cgroup ${id}` : `unified:${path}`;
}
