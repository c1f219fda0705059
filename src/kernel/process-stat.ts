import { readFileSync } from "node:fs";

/**
 * The fields of /proc/PID/stat after the name, which may hold anything: the first is the state, field 3 of proc(5).
 * Throws where the process has ended (ENOENT, ESRCH) or is hidden.
 */
export function processStat(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
