import { PermissionError, SyscallError } from "../errors.ts";
import { type CapabilityName, hasCapability } from "./capability-mask.ts";
import { ERRNO, errnoName } from "./errno-table.ts";
import { errnoLocation } from "./library.ts";
import { refAddon } from "./native-addons.ts";
import { NativeBuffer } from "./native-buffer.ts";

/** What a failing call would have needed, and a remedy for the message. */
export interface CheckOptions {
  readonly needs?: CapabilityName;
  readonly hint?: string | undefined;
}

let cell: Int32Array | undefined;

/**
 * This thread's errno. Right only directly after the call: any other call, even one that succeeds, may
 * change it. Most of libbpf's functions return -errno and need no errno.
 */
export function lastErrno(): number {
  cell ??= mapErrno();
  return cell[0] ?? 0;
}

/** Makes lastErrno() a plain load. Call it before the call whose errno matters. */
export function prepareErrno(): void {
  cell ??= mapErrno();
}

function mapErrno(): Int32Array {
  const slot = NativeBuffer.alloc(8);
  slot.setPointer(0, errnoLocation());
  const memory = refAddon().readPointer(Buffer.from(slot.bytes.buffer), 0, 4);
  return new Int32Array(memory.buffer, memory.byteOffset, 1);
}

/** The error of a failed call: PermissionError when a capability is what is missing. */
export function syscallError(operation: string, errno: number, options: CheckOptions = {}): Error {
  const error = new SyscallError(operation, errno, errnoName(errno), { hint: options.hint });
  const denied = errno === ERRNO.EPERM || errno === ERRNO.EACCES;
  const needs = options.needs ?? "CAP_BPF";
  if (!denied || hasCapability(needs)) return error;
  return new PermissionError(needs, `${operation}: not permitted without ${needs}`, {
    cause: error,
    hint: options.hint ?? `Run as root, or give the process ${needs}.`,
  });
}

/** The result of a function that returns -errno on failure; throws SyscallError or PermissionError. */
export function checked(operation: string, result: number, options?: CheckOptions): number {
  if (result < 0) throw syscallError(operation, -result, options);
  return result;
}

/** The result of a C library function that returns -1 and sets errno on failure. */
export function checkedErrno(operation: string, result: number, options?: CheckOptions): number {
  if (result === -1) throw syscallError(operation, lastErrno(), options);
  return result;
}

/** The pointer that a function returned; NULL throws the error that errno names. */
export function checkedPointer(operation: string, pointer: number, options?: CheckOptions): number {
  if (pointer === 0) throw syscallError(operation, lastErrno(), options);
  return pointer;
}
