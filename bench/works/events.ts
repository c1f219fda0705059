import { packageFile } from "../../src/package-root.ts";
import type { Absent, Contestant, Measure, Work } from "../contest.ts";
import { Generator } from "../generator.ts";
import { median, quantile } from "../median.ts";
import { EVENT_SIZES, type Peers } from "../peers.ts";
import { type Said, Subject } from "../subject.ts";

type Kind = "ring" | "perf";
type Act = (subject: Subject, generator: Generator) => Promise<Measure>;

const FLOOD = 3_000_000;
const STEADY = 2_000_000;
const WARM = 1_500;
const WAKES = 3_000;

/** Rings and perf buffers: drained when full, flooded, at a million events a second, and at a thousand. */
export function eventWorks(peers: Peers): Work[] {
  return [
    ...commonWorks(peers, "ring"),
    work(peers, "ring", "at 1 M events/s", ["live", "live"], steady, [
      ["producerNs", "the producer", "ns/event"],
      ["lost", "lost", "%"],
      ["cpuNs", "the reader", "CPU ns/event"],
    ]),
    ...commonWorks(peers, "perf"),
    work(peers, "perf", "flood, wake-ups that wait 10 ms (ours)", ["live", "live-late"], flood, FLOODED),
  ];
}

type Column = readonly [key: string, title: string, unit: string];
const FLOODED: readonly Column[] = [
  ["producerNs", "the producer", "ns/event"],
  ["lost", "lost", "%"],
  ["cpuNs", "the reader", "CPU ns/event"],
];
const WOKEN: readonly Column[] = [
  ["p50", "p50", "us"],
  ["p99", "p99", "us"],
  ["cpuUs", "the reader", "CPU us/event"],
];

function commonWorks(peers: Peers, kind: Kind): Work[] {
  return [
    work(peers, kind, "drain", ["drain", "drain"], drain, [["ns", "decoded", "CPU ns/event"]]),
    work(peers, kind, "flood", ["live", "live"], flood, FLOODED),
    work(peers, kind, "wake-up at 1 kHz", ["latency", "latency"], wakeUps, WOKEN),
    work(peers, kind, "wake-up at 1 kHz by poll()", ["latency", "latency-block"], wakeUps, WOKEN),
  ];
}

function work(
  peers: Peers,
  kind: Kind,
  title: string,
  [mode, ourMode]: readonly [string, string],
  act: Act,
  metrics: readonly Column[],
): Work {
  const name = `${kind === "ring" ? "ring buffer" : "perf buffer"} ${title}`;
  return {
    name,
    metrics: metrics.map(([key, what, unit]) => ({ key, title: `${name}: ${what}`, unit })),
    contestants: contestants(peers, kind, mode, ourMode, act),
  };
}

function contestants(
  peers: Peers,
  kind: Kind,
  mode: string,
  ourMode: string,
  act: Act,
): (Contestant | Absent)[] {
  const script = packageFile("dist", "bench", "subjects", "events.js");
  const file = packageFile("bench", "programs", "events.c");
  const commands: [string, readonly string[] | string][] = [
    ["bcc-ts", [process.execPath, script, kind, ourMode]],
    ["C libbpf", peers.c("events", peers.eventObject, kind, mode, ...EVENT_SIZES.c)],
    ["bcc", peers.bcc("events", file, kind, mode, ...EVENT_SIZES.bcc)],
  ];
  return commands.map(([name, command]) =>
    typeof command === "string"
      ? { name, reason: command }
      : { name, measure: () => measured(command, peers, kind, act) },
  );
}

async function measured(command: readonly string[], peers: Peers, kind: Kind, act: Act): Promise<Measure> {
  const subject = new Subject(command, { env: peers.env });
  try {
    await subject.answer();
    const generator = new Generator(subject.pid, kind);
    try {
      return await act(subject, generator);
    } finally {
      generator.close();
    }
  } finally {
    await subject.end();
  }
}

/** The median of several laps: as in a long run, when everything is warm. */
async function drain(subject: Subject, generator: Generator): Promise<Measure> {
  const costs: number[] = [];
  for (let lap = 0; lap < 15; lap++) {
    const sent = generator.fill();
    const { count, cpuNs } = await subject.ask("go");
    if (count !== sent) throw new Error(`${count} of ${sent} events were read`);
    costs.push(Number(cpuNs) / sent);
  }
  return { ns: median(costs) };
}

/** As fast as one processor sends. */
const flood: Act = (subject, generator) => live(subject, generator, () => generator.send(FLOOD));

/** A million events a second, a millisecond's worth at a time. */
const steady: Act = (subject, generator) =>
  live(subject, generator, () => {
    const begin = performance.now();
    let spent = 0;
    for (let sent = 0; sent < STEADY; sent += 1000) {
      while (performance.now() < begin + sent / 1000) sleepMs(0.2);
      spent += generator.send(1000);
    }
    return spent;
  });

async function live(subject: Subject, generator: Generator, send: () => number): Promise<Measure> {
  for (let lap = 0; lap < 20; lap++) {
    generator.send(5_000);
    await sleep(20);
  }
  const before = { ...generator.sent(), cpuNs: subject.cpuNs() };
  const producerNs = send();
  await sleep(300);
  const after = { ...generator.sent(), cpuNs: subject.cpuNs() };
  const [sent, refused] = [after.sent - before.sent, after.refused - before.refused];
  const { count } = await lastAnswer(subject, generator);
  const expected = after.sent - after.refused;
  if (count !== expected) throw new Error(`${count} of ${expected} events were read`);
  return {
    producerNs: producerNs / sent,
    lost: (100 * refused) / sent,
    cpuNs: (after.cpuNs - before.cpuNs) / (sent - refused),
  };
}

async function wakeUps(subject: Subject, generator: Generator): Promise<Measure> {
  const wake = (times: number) => {
    for (let time = 0; time < times; time++) {
      generator.send(1);
      sleepMs(1);
    }
  };
  wake(WARM);
  const before = subject.cpuNs();
  wake(WAKES);
  const cpuNs = subject.cpuNs() - before;
  const all = (await lastAnswer(subject, generator)).latencies as number[];
  const us = all.slice(WARM).map((ns) => ns / 1000);
  return { p50: quantile(us, 0.5), p99: quantile(us, 0.99), cpuUs: cpuNs / WAKES / 1000 };
}

async function lastAnswer(subject: Subject, generator: Generator): Promise<Said> {
  await generator.end();
  return subject.answer();
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const cell = new Int32Array(new SharedArrayBuffer(4));

/** The thread sleeps, and wakes earlier than a timer would. */
function sleepMs(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}
