import { UnsupportedError } from "../errors.ts";
import { type CheckOptions, checkedErrno } from "./errno.ts";
import { libc } from "./libc.ts";
import { encodePerfEvent, type PerfEventAttributes } from "./perf-event-attributes.ts";

/** Numbers of the system calls that the C library has no function for. */
const NUMBERS: Readonly<Record<string, { readonly perf_event_open: number }>> = {
  x64: { perf_event_open: 298 },
  arm64: { perf_event_open: 241 },
};

const PERF_FLAG_FD_CLOEXEC = 8;

/**
 * perf_event_open(2). Gives the new file descriptor, closed over exec. `pid` -1 means every process, `cpu` -1 every CPU; not both.
 */
export function perfEventOpen(
  attributes: PerfEventAttributes,
  pid: number,
  cpu: number,
  options: CheckOptions & { readonly groupFd?: number | undefined } = {},
): number {
  const numbers = NUMBERS[process.arch];
  if (numbers === undefined) {
    throw new UnsupportedError("architecture", `system calls of ${process.arch} are not known`);
  }
  const memory = encodePerfEvent(attributes);
  const result = libc().syscall(
    numbers.perf_event_open,
    memory.address,
    pid,
    cpu,
    options.groupFd ?? -1,
    PERF_FLAG_FD_CLOEXEC,
    0,
  );
  return checkedErrno("perf_event_open", result, { needs: "CAP_PERFMON", ...options });
}

/** ioctl(2) with a number for its argument. */
export function ioctl(fd: number, request: bigint, value: number, what = "ioctl"): number {
  return checkedErrno(what, libc().ioctl(fd, request, value));
}

/** The same number on every architecture. */
const PIDFD_OPEN = 434;

/** pidfd_open(2), since Linux 5.3: a file descriptor for a process, closed over exec. */
export function pidfdOpen(pid: number): number {
  const hint = `Is there a process ${pid}? A thread's number is refused where it is not its process's.`;
  return checkedErrno("pidfd_open", libc().syscall(PIDFD_OPEN, pid, 0, 0, 0, 0, 0), { hint });
}
