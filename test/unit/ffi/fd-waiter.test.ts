import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { FdWaiter } from "../../../src/ffi/fd-waiter.ts";
import { closeFd, libc } from "../../../src/ffi/libc.ts";
import { NativeBuffer } from "../../../src/ffi/native-buffer.ts";
import { beforeBlocking, pollBlocking, readableNow } from "../../../src/ffi/poll-blocking.ts";

const EFD_NONBLOCK = 0x800;
const cell = NativeBuffer.alloc(8);

const newEvent = () => libc().eventfd(0, EFD_NONBLOCK);
function signalEvent(fd: number): void {
  cell.setPointer(0, 1);
  assert.equal(libc().write(fd, cell.address, 8), 8);
}
const drain = (fd: number) => (libc().read(fd, cell.address, 8) === 8 ? cell.getPointer(0) : 0);

/** Waits for what must come, however busy the machine is; what must not come is waited for by sleeping. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !condition() && performance.now() < end; ) await sleep(2);
}

/** Waiters on an event; all are closed at the end, or a test that fails would keep the process alive. */
function eventFor(t: TestContext) {
  const fd = newEvent();
  const waiters: FdWaiter[] = [];
  t.after(() => {
    for (const waiter of waiters) waiter.close();
    closeFd(fd);
  });
  const wait = (onReadable: () => void): FdWaiter => {
    const waiter = new FdWaiter(fd, onReadable);
    waiters.push(waiter);
    return waiter;
  };
  return { fd, wait };
}

test("a waiter wakes for what is written, before and after it began", async (t) => {
  const { fd, wait } = eventFor(t);
  signalEvent(fd);
  let total = 0;
  const waiter = wait(() => {
    total += drain(fd);
  });
  await until(() => total === 1);
  assert.equal(total, 1);
  for (let i = 0; i < 5; i++) {
    signalEvent(fd);
    await sleep(2);
  }
  await until(() => total === 6);
  assert.equal(total, 6);
  waiter.close();
  waiter.close();
  signalEvent(fd);
  await sleep(20);
  assert.equal(total, 6, "a closed waiter does not call");
});

test("several descriptors wake their own waiters; a reader that leaves data is called again", async (t) => {
  const calls = [0, 0, 0];
  const fds = calls.map((_, i) => {
    const { fd, wait } = eventFor(t);
    wait(() => {
      calls[i] = (calls[i] ?? 0) + 1;
      if (calls[i] === 3) drain(fd);
    });
    return fd;
  });
  signalEvent(fds[0] ?? -1);
  signalEvent(fds[2] ?? -1);
  await until(() => calls[0] === 3 && calls[2] === 3);
  await sleep(20);
  assert.deepEqual(calls, [3, 0, 3]);
});

test("pause holds the wake-ups back until resume", async (t) => {
  const { fd, wait } = eventFor(t);
  let calls = 0;
  const waiter = wait(() => {
    calls++;
    drain(fd);
  });
  waiter.pause();
  signalEvent(fd);
  await sleep(20);
  assert.equal(calls, 0);
  waiter.resume();
  await until(() => calls === 1);
  assert.equal(calls, 1);
});

test("closing from inside the wake-up, and a new waiter on the same descriptor", async (t) => {
  const { fd, wait } = eventFor(t);
  signalEvent(fd);
  let first = 0;
  const waiter = wait(() => {
    first++;
    waiter.close();
  });
  await until(() => first === 1);
  let second = 0;
  wait(() => {
    second += drain(fd);
  });
  await until(() => second === 1);
  await sleep(20);
  assert.deepEqual([first, second], [1, 1]);
});

test("pollBlocking tells whether one is readable, readableNow which", () => {
  const fds = [newEvent(), newEvent()];
  let asked = 0;
  const cancel = beforeBlocking(() => asked++);
  const start = performance.now();
  assert.equal(pollBlocking(fds, 30), false);
  assert.ok(performance.now() - start >= 29);
  signalEvent(fds[1] ?? -1);
  assert.equal(pollBlocking(fds, 1000), true);
  assert.deepEqual(readableNow(fds), [fds[1]]);
  cancel();
  assert.equal(pollBlocking([], 0), false);
  assert.equal(asked, 2);
  for (const fd of fds) closeFd(fd);
});

const moduleUrl = (name: string) => new URL(`../../../src/ffi/${name}.js`, import.meta.url).href;
const PRELUDE = `
  const { FdWaiter } = await import("${moduleUrl("fd-waiter")}");
  const { libc } = await import("${moduleUrl("libc")}");
  const fd = libc().eventfd(1, 0x800);
  let calls = 0;
  const waiter = new FdWaiter(fd, () => { calls++; });
  const afterCalls = (end) => {
    const timer = setInterval(() => { if (calls > 2) { clearInterval(timer); end(); } }, 20);
  };
`;
/** A process that hangs is ended; a busy machine starts one slowly. */
const PATIENCE_MS = 60_000;

test("a process that waits ends cleanly in every way, while wake-ups stream in", () => {
  const endings: Record<string, string> = {
    "process.exit": "afterCalls(() => process.exit(7));",
    "closed waiter": "afterCalls(() => { waiter.close(); process.exitCode = 7; });",
    "unref'd waiter": "waiter.unref(); afterCalls(() => { process.exitCode = 7; });",
    "exit in the wake-up": "waiter.close(); new FdWaiter(libc().eventfd(1, 0), () => process.exit(7));",
  };
  for (const [name, ending] of Object.entries(endings)) {
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", PRELUDE + ending], {
      encoding: "utf8",
      timeout: PATIENCE_MS,
    });
    assert.equal(child.signal, null, name);
    assert.equal(child.status, 7, `${name}: ${child.stderr}`);
    assert.equal(child.stderr, "", name);
  }
});

test("an uncaught exception in the reader is the process's, at once", () => {
  const code = `${PRELUDE} waiter.close(); new FdWaiter(libc().eventfd(1, 0), () => { throw new Error("from reader"); });`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
    timeout: PATIENCE_MS,
  });
  assert.equal(child.status, 1);
  assert.match(child.stderr, /from reader/);
});

const WORKER = fileURLToPath(new URL("./fd-waiter-worker.js", import.meta.url));

for (const mode of ["close", "exit", "idle"]) {
  test(`a worker thread waits too (${mode})`, async () => {
    const worker = new Worker(WORKER, { workerData: mode });
    let said: unknown;
    worker.on("message", (message) => {
      said = message;
    });
    const code = await new Promise((resolve, reject) => {
      worker.on("exit", resolve);
      worker.on("error", reject);
    });
    assert.equal(code, 0);
    assert.deepEqual(said, { first: 1, second: 3 });
  });
}

test("a worker that is terminated while it waits takes nothing with it", () => {
  const code = `
    import { Worker } from "node:worker_threads";
    const worker = new Worker(${JSON.stringify(WORKER)}, { workerData: "wait", execArgv: [] });
    worker.on("message", async () => {
      setTimeout(async () => { await worker.terminate(); process.exitCode = 7; }, 50);
    });`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
    timeout: PATIENCE_MS,
  });
  assert.equal(child.signal, null, child.stderr);
  assert.equal(child.status, 7, child.stderr);
});
