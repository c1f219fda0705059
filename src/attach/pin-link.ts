import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { AttachError } from "../errors.ts";
import { syscallError } from "../ffi/errno.ts";
import { ERRNO } from "../ffi/errno-table.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { cString } from "../ffi/native-buffer.ts";
import { requireBpfFileSystem } from "../load/bpf-file-system.ts";
import type { OpenLink } from "./open-link.ts";

/** Leaves a link under a path in a BPF file system, where it stays when this program ends. Since Linux 5.8. */
export function pinLink(link: OpenLink, path: string): void {
  requireBpfFileSystem(`the ${link.kind} ${link.target}`, path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const result = libbpf().bpf_obj_pin(link.fd, cString(path).address);
  if (result >= 0) return;
  const cause = syscallError(`pin ${path}`, -result);
  const hint = result === -ERRNO.EEXIST ? "Another program is pinned there: rm ends it." : undefined;
  throw new AttachError(path, `cannot pin the ${link.kind} ${link.target} to ${path}: ${cause.message}`, {
    cause,
    hint,
  });
}
