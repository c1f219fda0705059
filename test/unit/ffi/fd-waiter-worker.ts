// Run by fd-waiter.test.ts in a worker thread: wakes for two descriptors, then ends as it is told.
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { FdWaiter } from "../../../src/ffi/fd-waiter.ts";
import { libc } from "../../../src/ffi/libc.ts";
import { NativeBuffer } from "../../../src/ffi/native-buffer.ts";

const cell = NativeBuffer.alloc(8);
const fds = [libc().eventfd(1, 0x800), libc().eventfd(0, 0x800)] as const;
const totals = [0, 0];
const waiters = fds.map(
  (fd, i) =>
    new FdWaiter(fd, () => {
      if (libc().read(fd, cell.address, 8) === 8) totals[i] = (totals[i] ?? 0) + cell.getPointer(0);
    }),
);
const give = (fd: number, value: number) => {
  cell.setPointer(0, value);
  libc().write(fd, cell.address, 8);
};

/** However busy the machine is. */
const until = async (total: number) => {
  for (let waited = 0; totals[0] !== 1 || totals[1] !== total; waited += 5) {
    if (waited > 30_000) break;
    await sleep(5);
  }
};

give(fds[1], 1);
await until(1);
give(fds[1], 2);
await until(3);
parentPort?.postMessage({ first: totals[0], second: totals[1] });

if (workerData === "close") for (const waiter of waiters) waiter.close();
if (workerData === "exit") setTimeout(() => process.exit(0), 10);
if (workerData === "idle") for (const waiter of waiters) waiter.unref();
