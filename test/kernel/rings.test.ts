import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ClosedError } from "../../src/errors.ts";
import { kernelAtLeast } from "../../src/kernel/kernel-version.ts";
import { possibleCpus } from "../../src/maps/possible-cpus.ts";
import { EventError } from "../../src/rings/event-error.ts";
import { PerfBuffer } from "../../src/rings/perf-buffer.ts";
import { pollSources } from "../../src/rings/poll-sources.ts";
import { RingBuffer } from "../../src/rings/ring-buffer.ts";
import { codecFor } from "../../src/values/compile-codec.ts";
import { TestObject } from "./test-object.ts";

/** ctx[0]: how many events, ctx[1]: the sequence number of the first. Returns how many were refused. */
const PROGRAMS = `
struct event { u64 ts; u32 seq; u32 cpu; char comm[16]; };
struct other { u32 seq; };
struct { __uint(type, 27); __uint(max_entries, 64 * 1024); } ring SEC(".maps");
struct { __uint(type, 27); __uint(max_entries, 4096); } second SEC(".maps");
struct { __uint(type, 4); __uint(max_entries, 256); __uint(key_size, 4); __uint(value_size, 4); } perf SEC(".maps");
struct event unused; struct other unused_too;
struct loop { u64 *ctx; u64 base; u32 refused; };
static void fill(struct event *e, u32 seq) {
  __builtin_memset(e, 0, sizeof(*e)); e->ts = bpf_ktime_get_ns(); e->seq = seq; e->cpu = bpf_get_smp_processor_id();
  __builtin_memcpy(e->comm, "task-0", 6); e->comm[5] += seq % 10;
}
static long ring_one(u32 i, struct loop *l) {
  struct event e; fill(&e, l->base + i);
  if (bpf_ringbuf_output(&ring, &e, sizeof(e), 0) < 0) l->refused++;
  return 0;
}
static long ring_discarding(u32 i, struct loop *l) {
  struct event *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
  if (!e) { l->refused++; return 0; }
  fill(e, l->base + i);
  if (i % 3 == 1) bpf_ringbuf_discard(e, 0); else bpf_ringbuf_submit(e, 0);
  return 0;
}
SEC("raw_tp") int to_ring(u64 *ctx) { struct loop l = { ctx, ctx[1] }; bpf_loop(ctx[0], ring_one, &l, 0); return l.refused; }
SEC("raw_tp") int discard(u64 *ctx) { struct loop l = { ctx, ctx[1] }; bpf_loop(ctx[0], ring_discarding, &l, 0); return l.refused; }
SEC("raw_tp") int to_second(u64 *ctx) { u32 seq = ctx[1]; bpf_ringbuf_output(&second, &seq, sizeof(seq), 0); return 0; }
SEC("raw_tp") int odd_size(u64 *ctx) { char text[5] = "odd!"; bpf_ringbuf_output(&ring, text, sizeof(text), 0); return 0; }
SEC("raw_tp") int to_perf(u64 *ctx) { u64 *c = ctx; struct loop l = { ctx, ctx[1] }; struct event e;
  #pragma clang loop unroll(disable)
  for (u32 i = 0; i < 3000 && i < ctx[0]; i++) { fill(&e, l.base + i);
    if (bpf_perf_event_output(c, &perf, 0xffffffffULL, &e, sizeof(e)) < 0) l.refused++; }
  return l.refused; }
SEC("raw_tp/sched_process_exec") int on_exec(u64 *ctx) {
  u32 seq = bpf_get_current_pid_tgid() >> 32; bpf_ringbuf_output(&second, &seq, sizeof(seq), 0); return 0; }
SEC("raw_tp") int odd_perf(u64 *ctx) { char text[3] = "odd"; bpf_perf_event_output(ctx, &perf, 0xffffffffULL, text, 3); return 0; }
`;

interface Event {
  readonly ts: bigint;
  readonly seq: number;
  readonly cpu: number;
  readonly comm: string;
}

let object: TestObject;
before(() => {
  object = new TestObject(PROGRAMS);
});
after(() => object.close());

const openRing = (options: { maxLatencyMs?: number } = {}) =>
  new RingBuffer<Event>(object.map("ring"), {
    codec: codecFor<Event>(object.btf, object.type("event")),
    ...options,
  });
const openPerf = (
  options: { pages?: number; wakeupEvents?: number; wakeupBytes?: number; maxLatencyMs?: number } = {},
) =>
  new PerfBuffer<Event>(object.map("perf"), {
    codec: codecFor<Event>(object.btf, object.type("event")),
    ...options,
  });
const send = (program: string, count: number, first = 0, cpu = 0) =>
  object.run(program, [BigInt(count), BigInt(first)], cpu);

const openSecond = () =>
  new RingBuffer<{ seq: number }>(object.map("second"), {
    codec: codecFor(object.btf, object.type("other")),
  });

function collect<E>(source: { on(handler: (event: E) => void): unknown }): E[] {
  const events: E[] = [];
  source.on((event) => {
    events.push(event);
  });
  return events;
}

function assertSequence(events: readonly Event[], count: number, first = 0): void {
  assert.deepEqual(
    events.map((event) => event.seq),
    Array.from({ length: count }, (_, index) => first + index),
  );
  for (const event of events) assert.equal(event.comm, `task-${event.seq % 10}`);
}

for (const kind of ["ring", "perf"] as const) {
  const open = () => (kind === "ring" ? openRing() : openPerf());
  const program = `to_${kind}`;
  const odd = kind === "ring" ? "odd_size" : "odd_perf";

  test(`${kind}: every event comes, in order, over many laps`, () => {
    using source = open();
    const events = collect(source);
    for (let round = 0; round < 60; round++) {
      assert.equal(send(program, 777, round * 777), 0, `round ${round}`);
      assert.equal(source.consume(), 777);
    }
    assertSequence(events, 60 * 777);
    assert.equal(source.consume(), 0);
    assert.equal(source.lost, 0);
  });

  test(`${kind}: what finds no room is refused, and the rest is whole`, () => {
    using source = open();
    const events = collect(source);
    let refused = 0;
    for (let round = 0; round < 10; round++) refused += send(program, 2500, round * 2500);
    assert(refused > 0, "the buffer was full");
    if (kind === "perf" && kernelAtLeast("6.0")) assert.equal(source.lost, refused, "at once");
    source.consume();
    assert.equal(events.length, 25_000 - refused);
    assertSequence(events, events.length);
    // The kernel tells of losses when there is room again.
    send(program, 1, 77);
    source.consume();
    assert.equal(events.at(-1)?.seq, 77);
    if (kind === "perf") assert.equal(source.lost, refused);
  });

  test(`${kind}: for await waits, and closing ends it`, async () => {
    const source = open();
    const seen: Event[] = [];
    const loop = (async () => {
      for await (const event of source) seen.push(event);
    })();
    for (let round = 0; round < 10; round++) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      send(program, 100, round * 100);
    }
    while (seen.length < 1000) await new Promise((resolve) => setTimeout(resolve, 1));
    source.close();
    await loop;
    assertSequence(seen, 1000);
    assert.throws(() => source.consume(), ClosedError);
    assert.equal((await source.events().next()).done, true);
    source.close();
  });

  test(`${kind}: run() calls the handlers until it is stopped, or one of them throws`, async () => {
    const source = open();
    const stop = new AbortController();
    const seen: Event[] = [];
    const remove = source.on((event) => {
      seen.push(event);
      if (seen.length === 500) stop.abort();
    });
    const running = source.run({ signal: stop.signal });
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      send(program, 100, round * 100);
    }
    await running;
    assertSequence(seen, 500);
    await source.run({ signal: stop.signal });
    remove();
    assert.throws(() => source.run(), /nothing handles the events/);
    source.on(({ seq }) => {
      if (seq === 501) throw new Error("mine");
    });
    send(program, 3, 500);
    await assert.rejects(source.run(), /mine/);
    const last = source.run();
    setTimeout(() => source.close(), 5);
    await last;
    assert.throws(() => source.run(), ClosedError);
  });

  test(`${kind}: batches come in order, none is empty, and closing ends them`, async () => {
    const source = open();
    send(program, 1000);
    const seen: Event[] = [];
    for await (const batch of source.batches()) {
      assert(batch.length > 0 && batch.length <= 4096);
      seen.push(...batch);
      if (seen.length === 1000) send(program, 1000, 1000);
      if (seen.length === 2000) setTimeout(() => source.close(), 1);
    }
    assertSequence(seen, 2000);
  });

  test(`${kind}: with a latency events gather before the reader wakes`, async () => {
    using source = kind === "ring" ? openRing({ maxLatencyMs: 30 }) : openPerf({ maxLatencyMs: 30 });
    const batches: number[] = [];
    send(program, 1);
    let sent = 1;
    const timer = setInterval(() => {
      if (sent < 50) sent += send(program, 1, sent) + 1;
    }, 1);
    for await (const batch of source.batches()) {
      batches.push(batch.length);
      if (batches.reduce((sum, length) => sum + length, 0) === 50) break;
    }
    clearInterval(timer);
    assert(batches.length < 25, `${batches}`);

    const events = collect<Event>(source);
    send(program, 1, 50);
    while (events.length === 0) source.poll(1000);
    assert.equal(events[0]?.seq, 50);
  });

  test(`${kind}: an aborted signal ends a loop and not the source`, async () => {
    using source = open();
    const stop = new AbortController();
    const seen: number[] = [];
    setTimeout(() => stop.abort(), 20);
    for await (const event of source.events({ signal: stop.signal })) seen.push(event.seq);
    assert.deepEqual([...seen], []);
    send(program, 2, 5);
    for await (const event of source) {
      seen.push(event.seq);
      if (seen.length === 2) break;
    }
    assert.deepEqual(seen, [5, 6]);
  });

  test(`${kind}: timers run although events never end`, async () => {
    using source = open();
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 5);
    send(program, 10);
    let count = 0;
    for await (const _ of source) {
      if (count++ % 10 === 9) send(program, 10);
      if (fired || count > 2_000_000) break;
    }
    assert.equal(fired, true);
  });

  test(`${kind}: a record of another size is an error, and the next event comes`, async () => {
    using source = open();
    const events = collect(source);
    send(program, 2, 0);
    object.run(odd, [], 0);
    send(program, 2, 2);
    assert.throws(
      () => source.consume(),
      (error: unknown) =>
        error instanceof EventError && new TextDecoder().decode(error.bytes).startsWith("odd"),
    );
    source.consume();
    assertSequence(events, 4);

    send(program, 1, 0);
    object.run(odd, [], 0);
    send(program, 1, 1);
    const iterator = source.events();
    const results = [
      await iterator.next(),
      await iterator.next().catch((error) => error),
      await iterator.next(),
    ];
    assert.equal(results.filter((each) => each instanceof EventError).length, 1);
    assert.deepEqual(
      results.flatMap((each) => each.value?.seq ?? []),
      [0, 1],
    );
  });

  test(`${kind}: without a type events are bytes`, () => {
    using source = kind === "ring" ? new RingBuffer(object.map("ring")) : new PerfBuffer(object.map("perf"));
    const events = collect<Uint8Array>(source);
    object.run(odd, [], 0);
    source.consume();
    assert.equal(new TextDecoder().decode(events[0]?.subarray(0, 3)), "odd");
  });

  test(`${kind}: a handler that throws, closes or asks again does no harm`, () => {
    const source = open();
    const seen: number[] = [];
    let action = (_: number) => {};
    source.on(({ seq }) => {
      seen.push(seq);
      action(seq);
    });
    send(program, 4, 0);
    action = (seq) => {
      if (seq === 1) throw new Error("mine");
    };
    assert.throws(() => source.consume(), /mine/);
    assert.equal(source.consume(), 2);
    assert.deepEqual(seen, [0, 1, 2, 3]);

    action = () => assert.equal(source.consume(), 0);
    send(program, 2, 4);
    assert.equal(source.consume(), 2);

    action = (seq) => {
      if (seq === 8) source.close();
    };
    send(program, 10, 6);
    assert.equal(source.consume(), 3);
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.throws(() => source.consume(), ClosedError);
    // What was not read is still in the ring; whoever opens it next would get it.
    if (kind === "ring") {
      using rest = openRing();
      const events = collect<Event>(rest);
      rest.consume();
      assertSequence(events, 7, 9);
    }
  });
}

test("discarded records are left out", () => {
  using ring = openRing();
  const events = collect<Event>(ring);
  for (let round = 0; round < 10; round++) {
    assert.equal(send("discard", 900), 0);
    assert.equal(ring.consume(), 600);
  }
  assert(events.every((event) => event.seq % 3 !== 1));
});

test("a perf buffer has a ring for each CPU", () => {
  using perf = openPerf({ pages: 1 });
  const cpus: [number, number][] = [];
  perf.on((event, cpu) => {
    cpus.push([event.cpu, cpu]);
  });
  for (let cpu = 0; cpu < possibleCpus(); cpu++) assert.equal(send("to_perf", 5, 0, cpu), 0);
  assert.equal(perf.consume(), 5 * possibleCpus());
  for (const [inEvent, cpu] of cpus) assert.equal(inEvent, cpu);
  const lost: [number, number][] = [];
  perf.onLost((count, cpu) => {
    lost.push([count, cpu]);
  });
  const refused = send("to_perf", 3000);
  perf.consume();
  send("to_perf", 1);
  perf.consume();
  assert.deepEqual(lost, [[refused, 0]]);
  assert.throws(() => openPerf({ pages: 3 }), /power of two/);
});

test("a flood on one CPU does not keep the events of another from being read", async () => {
  using perf = openPerf({ pages: 256 });
  if (possibleCpus() < 2) return;
  for (let round = 0; round < 3; round++) send("to_perf", 3000, round * 3000, 0);
  send("to_perf", 1, 1_000_000, 1);
  let [count, found] = [0, -1];
  for await (const batch of perf.batches()) {
    found = batch.findIndex((event) => event.seq === 1_000_000);
    count += batch.length;
    // So that there is always more on the first CPU.
    send("to_perf", 3000, 0, 0);
    if (found >= 0 || count > 100_000) break;
  }
  assert(found >= 0 && count < 20_000, `${count}`);
});

test("wake-ups by bytes", async () => {
  using perf = openPerf({ wakeupBytes: 4096, maxLatencyMs: 10_000 });
  const iterator = perf.events();
  const first = iterator.next();
  // It looks once for what is there, in the next turn of the event loop.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  send("to_perf", 10);
  const late = await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 100, "late"))]);
  assert.equal(late, "late");
  send("to_perf", 200, 10);
  assert.equal((await first).value?.seq, 0);
});

test("after closing, the program's perf events are refused again", () => {
  openPerf().close();
  assert.equal(send("to_perf", 3), 3);
});

test("an event that comes before the event loop waits is not forgotten", async () => {
  using perf = openPerf();
  const iterator = perf.events();
  // Twice: the loop begins to wait when it is opened, and again after a rest.
  for (const seq of [1, 2]) {
    // From a callback of the loop's waiting: its descriptors are looked at again after the check phase.
    const next = await new Promise<{ event: Promise<unknown> }>((resolve) => {
      readFile("/proc/self/stat", () => {
        const event = iterator.next().then(({ value }) => value?.seq);
        setImmediate(() => send("to_perf", 1, seq));
        resolve({ event });
      });
    });
    const late = setTimeout(() => perf.close(), 5000);
    assert.equal(await next.event, seq);
    clearTimeout(late);
  }
});

test("an event comes though wake-ups are for every 64", async () => {
  using perf = openPerf({ wakeupEvents: 64 });
  send("to_perf", 1, 9);
  const start = performance.now();
  for await (const event of perf) {
    assert.equal(event.seq, 9);
    break;
  }
  assert(performance.now() - start < 1000);
  const events = collect<Event>(perf);
  send("to_perf", 1, 10);
  assert.equal(perf.poll(1000), 1);
  assert.equal(events[0]?.seq, 10);
});

test("a poll without events takes its time, one with events does not", () => {
  using ring = openRing();
  const events = collect<Event>(ring);
  const start = performance.now();
  assert.equal(ring.poll(60), 0);
  const waited = performance.now() - start;
  assert(waited >= 59 && waited < 1000, `${waited} ms`);
  send("to_ring", 3);
  assert.equal(ring.poll(10_000), 3);
  assert.equal(ring.poll(0), 0);
  assertSequence(events, 3);
  using second = openSecond();
  assert.throws(() => second.poll(0), /nothing handles the events of second/);
});

test("a poll over several rings blocks until an event of another process comes", () => {
  const link = object.attachRawTracepoint("on_exec", "sched_process_exec");
  using ring = openRing();
  using second = openSecond();
  collect(ring);
  const pids: number[] = [];
  second.on(({ seq }) => {
    pids.push(seq);
  });
  // One exec for the shell, and one a while later in the same process.
  const child = spawn("sh", ["-c", "sleep 0.3; exec true"]);
  const start = performance.now();
  while (pids.filter((pid) => pid === child.pid).length < 2 && performance.now() - start < 10_000) {
    pollSources([ring, second], 1000);
  }
  const waited = performance.now() - start;
  link();
  assert.equal(pids.filter((pid) => pid === child.pid).length, 2);
  assert(waited > 200 && waited < 5000, `${waited} ms`);
});

test("a program that stops waiting ends, and one that waits does not", async () => {
  const script = fileURLToPath(new URL("ring-waiting-child.js", import.meta.url));
  const breaking = spawn(process.execPath, [script, "break"], { stdio: ["ignore", "pipe", "inherit"] });
  const [code] = await once(breaking, "exit");
  assert.equal(code, 0);
  const waiting = spawn(process.execPath, [script, "wait"], { stdio: ["ignore", "pipe", "inherit"] });
  await once(waiting.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(waiting.exitCode, null);
  waiting.kill();
  await once(waiting, "exit");
});
