import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { LoadError } from "../errors.ts";
import { checked, syscallError } from "../ffi/errno.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import { cString } from "../ffi/native-buffer.ts";
import { requireBpfFileSystem } from "./bpf-file-system.ts";
import { reuseMap } from "./reuse-map.ts";

/**
 * Has a map taken from a path in a BPF file system, where an earlier program left it; or else pinned there when it
 * is made, so that it stays when this program ends.
 */
export function pinMap(name: string, address: number, path: string): void {
  requireBpfFileSystem(`the table ${name}`, path);
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
