// What the soak watches: reads a ring buffer event by event and a perf buffer by a handler, as fast as they come.
import { readFileSync } from "node:fs";
import { load, type PerfBuffer, type RingBuffer } from "bcc-ts";
import { RING_PAGES } from "../../bench/event-program.ts";
import { packageFile } from "../../src/package-root.ts";

interface Event {
  readonly ts: bigint;
  readonly pid: number;
  readonly seq: number;
  readonly comm: string;
}

const LAST = 0xffff_ffff;
const text: string = readFileSync(packageFile("bench", "programs", "events.c"), "utf8");
using bpf = await load<{ rings: { ring: RingBuffer<Event>; perf: PerfBuffer<Event> } }>(text, {
  attach: false,
  cflags: [`-DPAGES=${RING_PAGES}`],
  buffers: { perf: { maxLatencyMs: 5 } },
});
const { ring, perf } = bpf.rings;
const seen = { ring: 0, perf: 0, wrong: 0 };
const check = ({ seq, comm }: Event) => {
  if (comm !== `task-${seq % 10}`) seen.wrong++;
};

const stop = new AbortController();
perf.on((event) => {
  if (event.seq === LAST) return stop.abort();
  seen.perf++;
  check(event);
});
const byHandler = perf.run({ signal: stop.signal });
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
for await (const event of ring) {
  if (event.seq === LAST) break;
  seen.ring++;
  check(event);
}
await byHandler;
process.stdout.write(`${JSON.stringify({ ...seen, lost: ring.lost + perf.lost })}\n`);
