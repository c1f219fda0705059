// From the launch of a one-liner until its probes are attached, and until it has ended after SIGINT: ours beside
// bpftrace, in turns within one run. "first": with an empty cache, "new": a text that no earlier run had, "cached".
//   npm run bench:oneliners -- [--runs N] [--limit SECONDS]
//   npm run bench:oneliners -- --kernel-cost [--runs N] [--calls N]: what they cost in the kernel instead
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { columns } from "../src/output/columns.ts";
import { packageFile } from "../src/package-root.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./median.ts";
import { compareCosts } from "./one-liner-cost.ts";

/** In words that bpftrace 0.17 knows, too. */
const ONE_LINERS: readonly string[] = [
  'BEGIN { printf("hello\\n"); }',
  "interval:s:1 { @ = count(); }",
  "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }",
  'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args->filename)); }',
  "tracepoint:syscalls:sys_exit_read /pid == 1/ { @bytes = hist(args->ret); }",
  "tracepoint:syscalls:sys_exit_read { @bytes = lhist(args->ret, 0, 2000, 200); }",
  "tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; } tracepoint:syscalls:sys_exit_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start[tid]); }",
  "tracepoint:sched:sched_switch { @[kstack] = count(); }",
  "profile:hz:99 { @[kstack] = count(); }",
  "software:page-faults:100 { @[comm, pid] = count(); }",
];

const AGAIN_MS = 20;
const NOTIFY = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10" },
    limit: { type: "string", default: "60" },
    "kernel-cost": { type: "boolean", default: false },
    calls: { type: "string", default: "100000" },
  },
});
const runs = Number(values.runs);
const limitMs = Number(values.limit) * 1000;
const ROW = "%-60.60s %9s %6s %9s %6s %9s %6s %9s %6s";

const BIN = packageFile("dist", "lib", "bin.cjs");
const ours = (text: string) => [process.execPath, BIN, "-e", text];
let texts = 0;
const warm = mkdtempSync(join(tmpdir(), "bcc-ts-bench-"));
const contestants = [
  { name: "bpftrace", start: (text: string) => oneStart(["bpftrace", "-e", text], warm) },
  { name: "first", start: inEmptyCache },
  { name: "new", start: (text: string) => oneStart(ours(`${text} // ${texts++}`), warm) },
  { name: "cached", start: (text: string) => oneStart(ours(text), warm) },
];

interface Start {
  readonly attachedMs: number;
  readonly endMs: number;
}

try {
  console.log(describeMachine().join("\n"));
  if (values["kernel-cost"]) await compareCosts(runs, Number(values.calls));
  else await compareLaunches();
} finally {
  rmSync(warm, { recursive: true });
}

async function compareLaunches(): Promise<void> {
  console.log(`medians of ${runs} runs in turns, milliseconds; attached and ended`);
  const heads = contestants.flatMap(({ name }) => [name, "ended"]);
  console.log(columns(ROW, "", ...heads));
  const ratios = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (const text of ONE_LINERS) {
    const medians = await compare(text);
    console.log(columns(ROW, text, ...medians.flatMap((m) => [m.attachedMs.toFixed(0), m.endMs.toFixed(0)])));
    const [peer] = medians;
    contestants.forEach(({ name }, i) => {
      if (peer !== undefined)
        ratios.get(name)?.push((medians[i]?.attachedMs ?? Number.NaN) / peer.attachedMs);
    });
  }
  const ends = [...ratios].slice(1).map(([name, all]) => `${name} ${median(all).toFixed(2)}`);
  console.log(`beside bpftrace, the median of the ratios: ${ends.join(", ")}`);
}

async function compare(text: string): Promise<Start[]> {
  const starts: Start[][] = contestants.map(() => []);
  // The first turn fills the caches, the kernel's of files as well.
  for (let run = -1; run < runs; run++) {
    for (const [index, { start }] of contestants.entries()) {
      const result = await start(text);
      if (run >= 0) starts[index]?.push(result);
    }
  }
  return starts.map((list) => ({
    attachedMs: median(list.map((start) => start.attachedMs)),
    endMs: median(list.map((start) => start.endMs)),
  }));
}

async function inEmptyCache(text: string): Promise<Start> {
  const cache = mkdtempSync(join(tmpdir(), "bcc-ts-bench-"));
  try {
    return await oneStart(ours(text), cache);
  } finally {
    rmSync(cache, { recursive: true });
  }
}

/** @throws Error with what the tool said when it did not attach */
async function oneStart([command = "", ...words]: readonly string[], cache: string): Promise<Start> {
  const launched = performance.now();
  const child = spawn(command, words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BCC_TS_CACHE: cache, [NOTIFY]: "1" },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  let attachedMs: number | undefined;
  let said = "";
  let again: NodeJS.Timeout | undefined;
  const hear = (text: string) => {
    said += text;
    if (attachedMs !== undefined || !said.includes(NOTIFY)) return;
    attachedMs = performance.now() - launched;
    child.kill("SIGINT");
    // A signal that comes before the tool waits may be lost on it.
    again = setInterval(() => child.kill("SIGINT"), AGAIN_MS);
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  await once(child, "close");
  clearTimeout(timer);
  clearInterval(again);
  if (attachedMs === undefined) throw new Error(`${command} did not attach: ${said}`);
  return { attachedMs, endMs: performance.now() - launched };
}
