import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BpfError } from "../../src/errors.ts";
import type { TraceEvent } from "../../src/rings/parse-trace-line.ts";
import { TracePipe } from "../../src/rings/trace-pipe.ts";
import { TestObject } from "./test-object.ts";

// The kernel has one trace pipe: messages of others are told from ours by their text.
const mark = `bcc-ts ${process.pid}`;
const mounted = existsSync("/sys/kernel/tracing/trace_pipe");
const skip = mounted ? false : "tracefs is not mounted at /sys/kernel/tracing";

let object: TestObject;
before(() => {
  object = new TestObject(`
SEC("raw_tp") int print(u64 *ctx) {
  char format[] = "${mark} message %d\\n";
  for (int i = 0; i < 50; i++) bpf_trace_printk(format, sizeof(format), (u32)ctx[0] + i);
  return 0;
}`);
});
after(() => object.close());

const ours = ({ msg }: TraceEvent) => msg.startsWith(mark);
const numbers = (events: readonly TraceEvent[]) => events.map(({ msg }) => Number(msg.split(" ").at(-1)));

test("messages come in order with the task that they are of", { skip }, async () => {
  using pipe = new TracePipe();
  setTimeout(() => {
    for (let round = 0; round < 4; round++) object.run("print", [BigInt(round * 50)]);
  }, 20);
  const events: TraceEvent[] = [];
  // Ends with too few events when some are lost.
  for await (const event of pipe.events({ signal: AbortSignal.timeout(10_000) })) {
    if (ours(event)) events.push(event);
    if (events.length === 200) break;
  }
  assert.deepEqual(
    numbers(events),
    Array.from({ length: 200 }, (_, index) => index),
  );
  for (const { task, pid, cpu, ts, flags } of events) {
    // The kernel learns a task's name when it switches to another one, which may come too late.
    assert(task === "node" || task === "<...>", task);
    assert.equal(pid, process.pid);
    assert(Number.isInteger(cpu));
    assert(ts > 0 && flags.length >= 4);
  }
});

test("a blocking poll reads them too", { skip }, () => {
  using pipe = new TracePipe();
  const events: TraceEvent[] = [];
  pipe.on((event) => {
    if (ours(event)) events.push(event);
  });
  object.run("print", [1000n]);
  for (let tries = 0; tries < 10 && events.length < 50; tries++) pipe.poll(200);
  assert.deepEqual(
    numbers(events),
    Array.from({ length: 50 }, (_, index) => 1000 + index),
  );
});

test("closing ends a loop that waits", { skip }, async () => {
  const pipe = new TracePipe();
  setTimeout(() => pipe.close(), 20);
  for await (const event of pipe) assert.equal(ours(event), false);
});

test("losses and other tracers are told from messages", () => {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-trace-"));
  const path = join(directory, "trace_pipe");
  const line = (text: string) => `            curl-1234    [001] d..31  5432.123456: ${text}`;
  const lines = [
    "# tracer: nop",
    line("bpf_trace_printk: one"),
    "CPU:1 [LOST 12 EVENTS]",
    line("sched_switch: prev_comm=x"),
    line("bpf_trace_printk: two"),
    "CPU:0 [LOST 3 EVENTS]",
    line("bpf_trace_printk: cut of"),
  ];
  try {
    writeFileSync(path, lines.join("\n"));
    for (const others of [false, true]) {
      using pipe = new TracePipe({ path, others });
      const seen: string[] = [];
      pipe.on(({ msg }) => {
        seen.push(msg);
      });
      pipe.consume();
      assert.deepEqual(seen, others ? ["one", "sched_switch: prev_comm=x", "two"] : ["one", "two"]);
      assert.equal(pipe.lost, 15);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a machine whose tracing is switched off is told as such", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-trace-"));
  const path = join(directory, "trace_pipe");
  try {
    writeFileSync(path, "");
    writeFileSync(join(directory, "tracing_on"), "0\n");
    const warned = once(process, "warning");
    new TracePipe({ path }).close();
    const [warning] = (await warned) as [Error & { code?: string }];
    assert.equal(warning.code, "BCC_TS_TRACING_OFF");
    assert.match(warning.message, /echo 1 > .*tracing_on/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a trace pipe that is not there is an error with a remedy", () => {
  assert.throws(
    () => new TracePipe({ path: "/nonexistent/trace_pipe" }),
    (error: unknown) =>
      error instanceof BpfError && error.code === "TRACE_PIPE" && /ENOENT/.test(error.message),
  );
});
