import { checkedErrno, prepareErrno } from "./errno.ts";
import { type FunctionTable, functionTable } from "./function-table.ts";
import { processLibrary } from "./library.ts";
import { NativeBuffer } from "./native-buffer.ts";

const DECLARATIONS = {
  syscall: ["ssize", ["ssize", "ssize", "ssize", "ssize", "ssize", "ssize", "ssize"]],
  mmap: ["ssize", ["pointer", "size", "i32", "i32", "i32", "ssize"]],
  munmap: ["i32", ["pointer", "size"]],
  ioctl: ["i32", ["i32", "u64", "pointer"]],
  poll: ["i32", ["pointer", "size", "i32"]],
  close: ["i32", ["i32"]],
  read: ["ssize", ["i32", "pointer", "size"]],
  write: ["ssize", ["i32", "pointer", "size"]],
  calloc: ["pointer", ["size", "size"]],
  free: ["void", ["pointer"]],
  socket: ["i32", ["i32", "i32", "i32"]],
  bind: ["i32", ["i32", "pointer", "u32"]],
  setsockopt: ["i32", ["i32", "i32", "i32", "pointer", "u32"]],
  if_nametoindex: ["u32", ["pointer"]],
  eventfd: ["i32", ["u32", "i32"]],
  pthread_sigmask: ["i32", ["i32", "pointer", "pointer"]],
  setrlimit: ["i32", ["i32", "pointer"]],
  sysconf: ["ssize", ["i32"]],
  clock_gettime: ["i32", ["i32", "pointer"]],
  vsnprintf: ["i32", ["pointer", "size", "pointer", "pointer"]],
  strerror: ["pointer", ["i32"]],
  strsignal: ["pointer", ["i32"]],
} as const;

export type Libc = FunctionTable<typeof DECLARATIONS>;

let table: Libc | undefined;

/** The C library's functions that we use, thin: they return -1 and set errno. */
export function libc(): Libc {
  if (table === undefined) {
    prepareErrno();
    table = functionTable(processLibrary(), DECLARATIONS);
  }
  return table;
}

const SC_PAGESIZE = 30;
let page: number | undefined;

/** Bytes of a memory page. */
export function pageSize(): number {
  page ??= libc().sysconf(SC_PAGESIZE);
  return page;
}

/** Closes a file descriptor that we opened. */
export function closeFd(fd: number): void {
  checkedErrno("close", libc().close(fd));
}

/** What a clock of the kernel shows, in nanoseconds. */
export function clockTime(clock: number): bigint {
  const time = NativeBuffer.alloc(16);
  checkedErrno("clock_gettime", libc().clock_gettime(clock, time.address));
  return time.view.getBigInt64(0, true) * 1_000_000_000n + time.view.getBigInt64(8, true);
}
