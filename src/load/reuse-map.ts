import { readlinkSync } from "node:fs";
import { LoadError } from "../errors.ts";
import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { mapTypeName } from "../kernel/bpf-constants.ts";
import { kernelInfo } from "./kernel-info.ts";

/** A map of the object that is being loaded, and what it shall be. */
export interface ReusedMap {
  readonly name: string;
  /** libbpf's struct bpf_map. */
  readonly address: number;
  /** The map that is in the kernel already. It stays its owner's. */
  readonly fd: number;
  /** Where it comes from, for messages. */
  readonly from: string;
  /** False: the declaration does not know of what kind it is. */
  readonly sameKind: boolean;
}

/**
 * Lets a map that is in the kernel take the place of one that the object declares. The number of entries and the
 * flags are then those that it has; kind and sizes must be the declared ones.
 */
export function reuseMap({ name, address, fd, from, sameKind }: ReusedMap): void {
  if (readlinkSync(`/proc/self/fd/${fd}`) !== "anon_inode:bpf-map") throw new LoadError(`${from} is no map`);
  const differences = differencesOf(address, fd, sameKind);
  if (differences.length > 0) {
    const hint = "Declare the table as it is there, or remove the other one (a pinned map: delete its file).";
    throw new LoadError(`the table ${name} differs from ${from}: ${differences.join(", ")}`, { hint });
  }
  checked(`take ${from} for the map ${name}`, libbpf().bpf_map__reuse_fd(address, fd));
}

function differencesOf(address: number, fd: number, sameKind: boolean): string[] {
  const info = kernelInfo(fd).view;
  const { bpf_map__type, bpf_map__key_size, bpf_map__value_size } = libbpf();
  const differences: string[] = [];
  const type = info.getUint32(0, true);
  if (sameKind && type !== bpf_map__type(address)) {
    differences.push(`it is declared as ${mapTypeName(bpf_map__type(address))} and is ${mapTypeName(type)}`);
  }
  for (const [what, declared, offset] of [
    ["keys", bpf_map__key_size(address), 8],
    ["values", bpf_map__value_size(address), 12],
  ] as const) {
    const there = info.getUint32(offset, true);
    if (there !== declared)
      differences.push(`its ${what} are declared with ${declared} bytes and have ${there}`);
  }
  return differences;
}
