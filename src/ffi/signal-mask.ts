import { SyscallError } from "../errors.ts";
import { errnoName } from "./errno-table.ts";
import { libc } from "./libc.ts";
import { NativeBuffer } from "./native-buffer.ts";

/** sigset_t of glibc and musl. */
const SET_BYTES = 128;
const BLOCK = 0;
const SET = 2;
/** HUP, INT, QUIT, TERM and TSTP end or stop a process at once; ILL, TRAP, ABRT, BUS, FPE, SEGV and SYS say that it is broken. */
const AT_ONCE = [1, 2, 3, 15, 20, 4, 5, 6, 7, 8, 11, 31];

/**
 * Runs `body` while signals wait that this process would go on after (a profiler's, a timer's, of children): to the
 * kernel they are a reason to break off what takes long. Those that end a process end it as ever.
 */
export function withSignalsHeld<T>(body: () => T): T {
  const held = NativeBuffer.alloc(SET_BYTES);
  const before = NativeBuffer.alloc(SET_BYTES);
  held.bytes.fill(0xff);
  for (const signal of AT_ONCE) {
    const at = (signal - 1) >> 3;
    held.view.setUint8(at, held.view.getUint8(at) & ~(1 << ((signal - 1) & 7)));
  }
  mask(BLOCK, held, before);
  try {
    return body();
  } finally {
    mask(SET, before, held);
  }
}

/** Gives an error number, and leaves errno alone. */
function mask(how: number, set: NativeBuffer, before: NativeBuffer): void {
  const errno = libc().pthread_sigmask(how, set.address, before.address);
  if (errno !== 0) throw new SyscallError("pthread_sigmask", errno, errnoName(errno));
}
