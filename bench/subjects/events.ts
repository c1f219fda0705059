// Ours in the benchmark of rings and perf buffers: reads the events of bench/programs/events.c.
//   node dist/bench/subjects/events.js KIND MODE   KIND: ring, perf; MODE: drain, live, live-late (wake-ups wait), latency, latency-block
import { readFileSync } from "node:fs";
import { load, type PerfBuffer, type RingBuffer } from "bcc-ts";
import { packageFile } from "../../src/package-root.ts";
import { RING_PAGES } from "../event-program.ts";

interface Event {
  readonly ts: bigint;
  readonly pid: number;
  readonly seq: number;
  readonly comm: string;
}
interface Schema {
  readonly rings: { readonly ring: RingBuffer<Event>; readonly perf: PerfBuffer<Event> };
}

const [kind = "ring", mode = "drain"] = process.argv.slice(2);
const LAST = 0xffff_ffff;
const text: string = readFileSync(packageFile("bench", "programs", "events.c"), "utf8");
using bpf = await load<Schema>(text, {
  attach: false,
  cflags: [`-DPAGES=${RING_PAGES}`],
  onLost: () => {},
  buffers: mode === "live-late" ? { [kind]: { maxLatencyMs: 10 } } : {},
});
const source = kind === "ring" ? bpf.rings.ring : bpf.rings.perf;

const seen = { count: 0, sum: 0, letters: 0, ended: false };
const latencies: number[] = [];

function take(event: Event): void {
  if (event.seq === LAST) {
    seen.ended = true;
    return;
  }
  seen.count++;
  seen.sum += event.seq;
  seen.letters += event.comm.length;
}

function takeLatency(event: Event): void {
  const now = process.hrtime.bigint();
  if (event.seq === LAST) seen.ended = true;
  else latencies.push(Number(now - event.ts));
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** Waits for the word to begin, takes all that is there, and tells what that cost. */
async function drain(): Promise<void> {
  source.on(take);
  say({ ready: true });
  for await (const chunk of process.stdin) {
    for (const _ of String(chunk).trim().split("\n")) {
      Object.assign(seen, { count: 0, sum: 0, letters: 0 });
      const before = process.cpuUsage();
      while (source.consume() > 0);
      const { user, system } = process.cpuUsage(before);
      say({ ...seen, cpuNs: (user + system) * 1000 });
    }
  }
}

async function live(handle: (event: Event) => void): Promise<void> {
  const stop = new AbortController();
  source.on((event) => {
    handle(event);
    if (seen.ended) stop.abort();
  });
  say({ ready: true });
  await source.run({ signal: stop.signal });
}

function block(handle: (event: Event) => void): void {
  source.on(handle);
  say({ ready: true });
  while (!seen.ended) source.poll(100);
}

if (mode === "drain") await drain();
if (mode.startsWith("live")) await live(take);
if (mode === "latency") await live(takeLatency);
if (mode === "latency-block") block(takeLatency);
if (mode !== "drain") say({ count: seen.count, sum: seen.sum, latencies, lost: source.lost });
