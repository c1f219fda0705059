import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Generator } from "../../bench/generator.ts";
import { Subject } from "../../bench/subject.ts";

/** What a soak has found. */
export interface SoakResult {
  readonly seconds: number;
  readonly ring: { readonly sent: number; readonly read: number };
  readonly perf: { readonly sent: number; readonly read: number };
  /** Events that found no room, as the program counts them and as the reader tells. */
  readonly refused: number;
  readonly lost: number;
  /** Events whose members do not belong together. */
  readonly wrong: number;
  /** Resident MiB of the reader: the highest of the second and of the last third of the time. */
  readonly middleMib: number;
  readonly lastMib: number;
}

const SLICE_MS = 10;

/**
 * Lets a reader take so many events a second, half of them from a ring and half from a perf buffer, and watches
 * its memory. Every event is accounted for.
 */
export async function soak(
  seconds: number,
  eventsPerSecond: number,
  tell: (line: string) => void,
): Promise<SoakResult> {
  const script = fileURLToPath(new URL("reader.js", import.meta.url));
  const subject = new Subject([process.execPath, script], { limitMs: (seconds + 120) * 1000 });
  try {
    await subject.answer();
    const [ring, perf] = [new Generator(subject.pid, "ring"), new Generator(subject.pid, "perf")];
    const mib = await flow(subject, [ring, perf], { seconds, eventsPerSecond }, tell);
    const [toRing, both] = [ring.count, ring.sent()];
    await ring.end();
    await perf.end();
    const {
      ring: fromRing,
      perf: fromPerf,
      lost,
      wrong,
    } = (await subject.answer()) as Record<string, number>;
    const third = Math.floor(mib.length / 3);
    return {
      seconds,
      ring: { sent: toRing, read: fromRing ?? 0 },
      perf: { sent: perf.count, read: fromPerf ?? 0 },
      refused: both.refused,
      lost: lost ?? 0,
      wrong: wrong ?? 0,
      middleMib: Math.max(...mib.slice(third, 2 * third)),
      lastMib: Math.max(...mib.slice(2 * third)),
    };
  } finally {
    await subject.end();
  }
}

/** Gives the reader's memory, second by second. */
async function flow(
  subject: Subject,
  generators: readonly Generator[],
  { seconds, eventsPerSecond }: { readonly seconds: number; readonly eventsPerSecond: number },
  tell: (line: string) => void,
): Promise<number[]> {
  const mib: number[] = [];
  const slice = Math.round((eventsPerSecond * SLICE_MS) / 1000 / generators.length);
  const begin = performance.now();
  for (let slices = 1; slices * SLICE_MS <= seconds * 1000; slices++) {
    for (const generator of generators) generator.send(slice);
    if ((slices * SLICE_MS) % 1000 === 0) mib.push(residentMib(subject.pid));
    if ((slices * SLICE_MS) % 60_000 === 0) {
      tell(
        `${(slices * SLICE_MS) / 1000} s: ${mib.at(-1)?.toFixed(1)} MiB, refused ${generators[0]?.sent().refused}`,
      );
    }
    const early = begin + slices * SLICE_MS - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  }
  return mib;
}

function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
