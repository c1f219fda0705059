import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { BpfError, ClosedError } from "../../src/errors.ts";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { NativeBuffer } from "../../src/ffi/native-buffer.ts";
import { readIfThere } from "../../src/kernel/tracefs.ts";
import { type LoadOptions, load } from "../../src/load.ts";

// Our own getppid() calls: odd ones open, even ones close, and each is sent through two buffers.
const TEXT = `
struct opened { u32 kind; u32 number; };
struct closed { u32 kind; s32 result; };
BPF_RINGBUF_OUTPUT(both, 8);
BPF_PERF_OUTPUT(numbers);
BPF_ARRAY(calls, u64, 1);

RAW_TRACEPOINT_PROBE(sys_enter)
{
	int zero = 0;
	u64 *count = calls.lookup(&zero);
	if (!count || bpf_get_current_pid_tgid() >> 32 != TARGET || ctx->args[1] != GETPPID) return 0;
	u32 number = ++*count;
	if (number & 1) {
		struct opened e = { .kind = 1, .number = number };
		both.ringbuf_output(&e, sizeof(e), 0);
	} else {
		struct closed e = { .kind = 2, .result = -(s32)number };
		both.ringbuf_output(&e, sizeof(e), 0);
	}
	numbers.perf_submit(ctx, &number, sizeof(number));
	return 0;
}`;
const GETPPID = process.arch === "arm64" ? 173 : 110;
const cflags = [`-DTARGET=${process.pid}`, `-DGETPPID=${GETPPID}`];
const tag = { member: "kind", types: { 1: "opened", 2: "closed" } };
const start = (buffers: NonNullable<LoadOptions["buffers"]> = { both: { tag } }) =>
  load(TEXT, { cflags, buffers });

/** Each asks the kernel anew. */
function callGetppid(times: number): void {
  for (let call = 0; call < times; call++) assert(process.ppid > 0);
}

test("one run and one poll serve all buffers with handlers", async () => {
  using bpf = await start();
  const { both, numbers } = bpf.rings;
  assert.throws(
    () => bpf.poll(0),
    (error: unknown) => BpfError.is(error) && error.code === "NO_HANDLER",
  );
  const seen: unknown[] = [];
  const counted: unknown[] = [];
  const stop = new AbortController();
  both?.on((event) => {
    seen.push(event);
  });
  numbers?.on((event) => {
    counted.push(event);
    if (counted.length === 4) stop.abort();
  });
  const running = bpf.run({ signal: stop.signal });
  callGetppid(4);
  await running;
  bpf.consume();
  assert.deepEqual(seen, [
    { kind: 1, number: 1 },
    { kind: 2, result: -2 },
    { kind: 1, number: 3 },
    { kind: 2, result: -4 },
  ]);
  callGetppid(2);
  while (counted.length < 6 || seen.length < 6) bpf.poll(1000);
  assert.deepEqual(counted, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(seen[5], { kind: 2, result: -6 });
  bpf.close();
  assert.throws(() => bpf.poll(0), ClosedError);
});

test("sizes and wake-ups of buffers are options, for buffers that there are", async () => {
  using bpf = await start({
    both: { maxLatencyMs: 5 },
    numbers: { pages: 1, wakeupEvents: 16, maxLatencyMs: 5 },
  });
  callGetppid(3);
  for await (const number of bpf.rings.numbers ?? []) {
    assert.equal(number, 1);
    break;
  }
  // Without a tag, types of one size cannot be told apart.
  for await (const event of bpf.rings.both ?? []) {
    assert.deepEqual(event, Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0));
    break;
  }
  await assert.rejects(
    start({ bath: {} }),
    (error: unknown) =>
      BpfError.is(error) && error.code === "UNKNOWN_BUFFER" && /both, numbers/.test(error.message),
  );
  await assert.rejects(
    start({ both: { tag: { member: "kin", types: { 1: "opened" } } } }),
    /no whole number kin/,
  );
});

test("events come in a worker thread, by waiting and by blocking", async () => {
  const script = fileURLToPath(new URL("buffers-child.js", import.meta.url));
  const worker = new Worker(script, { workerData: { text: TEXT, cflags, tag } });
  const [ready] = await once(worker, "message");
  assert.equal(ready, "ready");
  const answer = once(worker, "message");
  callGetppid(100);
  const [told] = await answer;
  assert.deepEqual(told, { first: { kind: 1, number: 1 }, waited: 100, lost: 0 });
  const exit = once(worker, "exit");
  const blocked = once(worker, "message");
  while (worker.threadId !== -1) {
    callGetppid(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if ((await Promise.race([blocked, undefined])) !== undefined) break;
  }
  assert((await blocked)[0].blocked > 0);
  assert.deepEqual(await exit, [0]);
});

test("events that have no buffer to go to are counted as lost", async () => {
  using bpf = await start();
  const { numbers } = bpf.rings;
  callGetppid(3);
  assert.equal(numbers?.lost, 0);
  // As on a CPU that came after the buffers were made.
  const table = perfArray();
  for (const cpu of numbers.fds.keys()) {
    const key = NativeBuffer.alloc(4);
    key.view.setUint32(0, cpu, true);
    libbpf().bpf_map_delete_elem(table, key.address);
  }
  callGetppid(5);
  assert.equal(numbers.lost, 5);
});

/** The descriptor of the perf buffer's table, the only one of this process. */
function perfArray(): number {
  const [fd] = readdirSync("/proc/self/fdinfo").filter((name) =>
    /^map_type:\s*4$/m.test(readIfThere(`/proc/self/fdinfo/${name}`) ?? ""),
  );
  assert.ok(fd !== undefined);
  return Number(fd);
}
