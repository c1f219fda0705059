import { readFileSync } from "node:fs";
import { BpfError } from "../errors.ts";

const DIRECTORY = "/sys/devices/system/cpu";

/** The CPU numbers of the kernel's list form: "0-3,8" gives 0, 1, 2, 3 and 8. */
export function parseCpuList(text: string): number[] {
  const list = text.trim();
  if (list === "") return [];
  return list.split(",").flatMap((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) throw new BpfError("CPU_LIST", `"${part}" in a list of CPUs is no number or range`);
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** CPUs that may ever exist: per-CPU maps hold one value for each, up to the highest number. */
export function possibleCpus(): number[] {
  return parseCpuList(readFileSync(`${DIRECTORY}/possible`, "utf8"));
}

/** CPUs that run now: perf events are opened on these. */
export function onlineCpus(): number[] {
  return parseCpuList(readFileSync(`${DIRECTORY}/online`, "utf8"));
}
