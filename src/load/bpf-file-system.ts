import { existsSync, realpathSync, statfsSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { LoadError } from "../errors.ts";

/** BPF_FS_MAGIC of statfs(2). */
const BPF_FILE_SYSTEM = 0xcafe4a11;

/** Throws LoadError where a path is in no BPF file system. `what` is to be pinned there: "the table counts". */
export function requireBpfFileSystem(what: string, path: string): void {
  const hint = "Pin it below /sys/fs/bpf; `mount -t bpf bpf /sys/fs/bpf` where nothing is mounted there.";
  if (!isAbsolute(path)) throw new LoadError(`${what}: "${path}" is no absolute path`, { hint });
  let directory = dirname(path);
  while (!existsSync(directory)) directory = dirname(directory);
  if (Number(statfsSync(realpathSync(directory)).type) === BPF_FILE_SYSTEM) return;
  throw new LoadError(`${what} cannot be pinned: ${directory} is not in a BPF file system`, {
    hint,
  });
}
