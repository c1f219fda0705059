import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { NativeBuffer } from "../../src/ffi/native-buffer.ts";
import { readIfThere, tracefsDirectory } from "../../src/kernel/tracefs.ts";

/** Programs, maps and links by the kernel's numbers, which are not given again soon. */
export interface KernelIds {
  readonly programs: readonly number[];
  readonly maps: readonly number[];
  readonly links: readonly number[];
}

/** All that the kernel holds, of all processes. */
export function idsInKernel(): KernelIds {
  const { bpf_prog_get_next_id, bpf_map_get_next_id, bpf_link_get_next_id } = libbpf();
  return {
    programs: walk(bpf_prog_get_next_id),
    maps: walk(bpf_map_get_next_id),
    links: walk(bpf_link_get_next_id),
  };
}

function walk(next: (id: number, out: number) => number): number[] {
  const cell = NativeBuffer.alloc(4);
  const ids: number[] = [];
  for (let id = 0; next(id, cell.address) === 0; ) {
    id = cell.view.getUint32(0, true);
    ids.push(id);
  }
  return ids;
}

/** What a process has file descriptors of. */
export function idsHeldBy(pid: number | "self"): KernelIds {
  const infos = readdirSync(`/proc/${pid}/fdinfo`).map(
    (fd) => readIfThere(`/proc/${pid}/fdinfo/${fd}`) ?? "",
  );
  const ids = (field: string) => {
    const matches = infos.map((info) => new RegExp(`^${field}:\\s*(\\d+)$`, "m").exec(info)?.[1]);
    return [...new Set(matches.filter((match) => match !== undefined).map(Number))];
  };
  return { programs: ids("prog_id"), maps: ids("map_id"), links: ids("link_id") };
}

/** Those that are still there. The kernel frees them a moment after their last descriptor is closed. */
export async function remaining(held: KernelIds): Promise<KernelIds> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const now = idsInKernel();
    const left = {
      programs: held.programs.filter((id) => now.programs.includes(id)),
      maps: held.maps.filter((id) => now.maps.includes(id)),
      links: held.links.filter((id) => now.links.includes(id)),
    };
    if (left.programs.length + left.maps.length + left.links.length === 0 || Date.now() > deadline)
      return left;
    await sleep(50);
  }
}

export const NOTHING: KernelIds = { programs: [], maps: [], links: [] };

/** tracefs's lists of probes. What bcc-ts attaches is in none of them. */
export function tracefsProbes(): string {
  const lists = ["kprobe_events", "uprobe_events", "dynamic_events"];
  return lists.map((list) => readFileIfThere(`${tracefsDirectory()}/${list}`).trim()).join("");
}

function readFileIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ""; // This kernel has no such probes.
    throw error;
  }
}
