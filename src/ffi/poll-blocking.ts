import { lastErrno, syscallError } from "./errno.ts";
import { ERRNO } from "./errno-table.ts";
import { libc } from "./libc.ts";
import { NativeBuffer } from "./native-buffer.ts";

const POLLIN = 1;
const ENTRY = 8;

let entries: NativeBuffer | undefined;
const listeners = new Set<() => void>();

/**
 * Calls `listener` before this thread first blocks: while it does, no JavaScript runs, so signal handlers
 * written in JavaScript would only keep Ctrl-C from ending the process. Gives the way to cancel.
 */
export function beforeBlocking(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Blocks the whole thread until one of the file descriptors is readable or the time is over, and gives
 * those that are (hung-up ones too: reading them tells). A negative time waits for ever. A signal ends
 * the wait early with none. Timers and promises stand still meanwhile; await FdWaiter where that matters.
 */
export function pollBlocking(fds: readonly number[], timeoutMs: number): number[] {
  for (const listener of listeners) listener();
  return poll(fds, pollTime(timeoutMs));
}

/** Those of the file descriptors that are readable now. */
export function readableNow(fds: readonly number[]): number[] {
  return poll(fds, 0);
}

function poll(fds: readonly number[], milliseconds: number): number[] {
  if (entries === undefined || entries.length < fds.length * ENTRY) {
    entries = NativeBuffer.alloc(fds.length * ENTRY);
  }
  const { view } = entries;
  fds.forEach((fd, index) => {
    view.setInt32(index * ENTRY, fd, true);
    view.setUint32(index * ENTRY + 4, POLLIN, true);
  });
  const ready = libc().poll(entries.address, fds.length, milliseconds);
  if (ready < 0) {
    const errno = lastErrno();
    if (errno === ERRNO.EINTR) return [];
    throw syscallError("poll", errno);
  }
  return fds.filter((_, index) => view.getUint16(index * ENTRY + 6, true) !== 0);
}

function pollTime(milliseconds: number): number {
  if (milliseconds < 0 || milliseconds === Number.POSITIVE_INFINITY) return -1;
  return Math.min(Math.ceil(milliseconds), 0x7fff_ffff);
}
