import { closeSync, constants, openSync } from "node:fs";
import { DescriptorArray } from "./descriptor-map.ts";
import type { HasFd } from "./program-array.ts";

/**
 * Control groups (BPF_CGROUP_ARRAY), of which programs ask with `check_current_task(index)` whether the current
 * task is in one of them or below (since Linux 4.9). A group is given by its path under /sys/fs/cgroup.
 *
 * @example
 * bpf.maps.groups.set(0, "/sys/fs/cgroup/system.slice");
 */
export class CgroupArray extends DescriptorArray {
  /** Throws MapError "MAP_RANGE" for an index outside, Node's error when there is no such path. */
  override set(index: number, group: string | HasFd | number): this {
    if (typeof group !== "string") return super.set(index, group);
    const fd = openSync(group, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      return super.set(index, fd);
    } finally {
      closeSync(fd);
    }
  }
}
