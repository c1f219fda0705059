import { lastErrno, syscallError } from "./errno.ts";
import { ERRNO } from "./errno-table.ts";
import { libc } from "./libc.ts";
import { NativeBuffer } from "./native-buffer.ts";

const POLLIN = 1;
const ENTRY = 8;

let entries: NativeBuffer | undefined;
/** The list that the entries were made of. */
let written: readonly number[] | undefined;
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
 * Blocks the whole thread until one of the file descriptors is readable (hung up counts, too: reading tells) or the
 * time is over; true in the first case. A negative time waits for ever. A signal ends the wait early. Timers and
 * promises stand still meanwhile; await FdWaiter where that matters.
 */
export function pollBlocking(fds: readonly number[], timeoutMs: number): boolean {
  for (const listener of listeners) listener();
  return poll(fds, pollTime(timeoutMs)) > 0;
}

/** Those of the file descriptors that are readable now. */
export function readableNow(fds: readonly number[]): number[] {
  const ready = poll(fds, 0);
  const { view } = entries as NativeBuffer;
  return ready === 0 ? [] : fds.filter((_, index) => view.getUint16(index * ENTRY + 6, true) !== 0);
}

/** The number of those that are readable. */
function poll(fds: readonly number[], milliseconds: number): number {
  const { address } = entriesFor(fds);
  const ready = libc().poll(address, fds.length, milliseconds);
  if (ready >= 0) return ready;
  const errno = lastErrno();
  if (errno === ERRNO.EINTR) return 0;
  throw syscallError("poll", errno);
}

/** Who waits in a loop waits for the same list again and again: then it is there already. */
function entriesFor(fds: readonly number[]): NativeBuffer {
  if (entries !== undefined && fds === written) return entries;
  if (entries === undefined || entries.length < fds.length * ENTRY) {
    entries = NativeBuffer.alloc(fds.length * ENTRY);
  }
  const { view } = entries;
  fds.forEach((fd, index) => {
    view.setInt32(index * ENTRY, fd, true);
    view.setUint32(index * ENTRY + 4, POLLIN, true);
  });
  written = fds;
  return entries;
}

function pollTime(milliseconds: number): number {
  if (milliseconds < 0 || milliseconds === Number.POSITIVE_INFINITY) return -1;
  return Math.min(Math.ceil(milliseconds), 0x7fff_ffff);
}
