import { existsSync, mkdirSync, realpathSync, statfsSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { LoadError } from "../errors.ts";
import { checked, syscallError } from "../ffi/errno.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import { cString } from "../ffi/native-buffer.ts";
import { reuseMap } from "./reuse-map.ts";

/** BPF_FS_MAGIC of statfs(2). */
const BPF_FILE_SYSTEM = 0xcafe4a11;

/**
 * Has a map taken from a path in a BPF file system, where an earlier program left it; or else pinned there when it
 * is made, so that it stays when this program ends.
 */
export function pinMap(name: string, address: number, path: string): void {
  requireBpfFileSystem(name, path);
  const fd = libbpf().bpf_obj_get(cString(path).address);
  if (fd >= 0) {
    try {
      reuseMap({ name, address, fd, from: `what is pinned at ${path}`, sameKind: true });
    } finally {
      closeFd(fd);
    }
  } else if (fd === -ERRNO.ENOENT) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    checked(`pin ${name}`, libbpf().bpf_map__set_pin_path(address, cString(path).address));
  } else {
    const cause = syscallError(`open ${path}`, -fd);
    throw new LoadError(`the table ${name}: ${path} cannot be opened: ${cause.message}`, { cause });
  }
}

function requireBpfFileSystem(name: string, path: string): void {
  const hint = "Pin it below /sys/fs/bpf; `mount -t bpf bpf /sys/fs/bpf` where nothing is mounted there.";
  if (!isAbsolute(path)) throw new LoadError(`the table ${name}: "${path}" is no absolute path`, { hint });
  let directory = dirname(path);
  while (!existsSync(directory)) directory = dirname(directory);
  if (Number(statfsSync(realpathSync(directory)).type) === BPF_FILE_SYSTEM) return;
  throw new LoadError(`the table ${name} cannot be pinned: ${directory} is not in a BPF file system`, {
    hint,
  });
}
