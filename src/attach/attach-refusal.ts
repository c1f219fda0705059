import { AttachError, SyscallError } from "../errors.ts";
import { errnoName } from "../ffi/errno-table.ts";
import { permissionError } from "../kernel/capabilities.ts";

/** The error of an attachment that the kernel refuses, PermissionError where `needs` is missing. */
export function attachRefusal(
  what: string,
  target: string,
  errno: number,
  options: {
    readonly needs?: Parameters<typeof permissionError>[1];
    readonly hint?: string | undefined;
  } = {},
): Error {
  const name = errnoName(errno);
  const cause = new SyscallError(what, errno, name);
  const { needs = ["CAP_BPF", "CAP_NET_ADMIN"], hint } = options;
  const denied = name === "EPERM" || name === "EACCES" ? permissionError(what, needs, cause) : undefined;
  return denied ?? new AttachError(target, `cannot ${what}: ${name}`, { cause, hint });
}
