import { checkedErrno } from "../ffi/errno.ts";
import { libc } from "../ffi/libc.ts";
import { NativeBuffer } from "../ffi/native-buffer.ts";
import { kernelAtLeast } from "./kernel-version.ts";

const RLIMIT_MEMLOCK = 8;

/**
 * Lifts the limit on locked memory, by which kernels before Linux 5.11 count BPF maps; does nothing on
 * later ones. Throws PermissionError without CAP_SYS_RESOURCE.
 */
export function raiseMemoryLockLimit(release?: string): void {
  if (kernelAtLeast("5.11", release)) return;
  const limits = NativeBuffer.alloc(16);
  limits.bytes.fill(0xff);
  const result = libc().setrlimit(RLIMIT_MEMLOCK, limits.address);
  checkedErrno("setrlimit(RLIMIT_MEMLOCK)", result, { needs: "CAP_SYS_RESOURCE" });
}
