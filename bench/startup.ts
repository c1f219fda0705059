// From the launch of a tracer to the first event on its stdout, and its peak memory: ours beside bpftrace and
// bcc where they are installed, in turns within one run. bcc wants kernel headers: where the running kernel has
// none, BCC_KERNEL_SOURCE may name others.
//   npm run bench:startup -- [--runs N] [--programs syscall,struct,kprobe] [--limit SECONDS]
//   bcc-ts vm run -- node dist/bench/startup.js --programs kprobe --runs 3
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { columns } from "../src/output/columns.ts";
import { packageFile } from "../src/package-root.ts";
import { type Contestant, contestants, type ProgramName } from "./contestants.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./median.ts";
import { oneStart, type Start } from "./one-start.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10" },
    programs: { type: "string", default: "syscall,struct" },
    limit: { type: "string", default: "60" },
  },
});
const runs = Number(values.runs);
const limitMs = Number(values.limit) * 1000;
const MEMORY_RUNS = 3;
const ROW = "%-26s %6s %11s %9s %7s %6s %6s %7s";

const cache = mkdtempSync(join(tmpdir(), "bcc-ts-bench-"));
const traced = spawn(process.execPath, [packageFile("dist", "bench", "traced-child.js")], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  await once(traced.stdout, "data");
  console.log(describeMachine().join("\n"));
  console.log(`medians of ${runs} runs in turns; memory: highest of ${MEMORY_RUNS} other runs`);
  for (const program of values.programs.split(",")) await compare(program as ProgramName, traced.pid ?? 0);
} finally {
  traced.kill();
  rmSync(cache, { recursive: true });
}

interface Result {
  readonly contestant: Contestant;
  readonly starts: Start[];
  readonly memory: Start[];
}

async function compare(program: ProgramName, pid: number): Promise<void> {
  const results: Result[] = [];
  for (const contestant of contestants(program, pid)) {
    const problem = "reason" in contestant ? contestant.reason : await trial(contestant);
    if (problem !== undefined) console.log(`skipped: ${contestant.name}: ${problem}`);
    else results.push({ contestant: contestant as Contestant, starts: [], memory: [] });
  }
  for (let run = 0; run < runs + MEMORY_RUNS; run++) {
    const memory = run >= runs;
    for (const result of results) {
      const start = await oneStart(result.contestant, cache, { limitMs, memory });
      (memory ? result.memory : result.starts).push(start);
    }
  }
  report(program, results);
}

/** The first start, which fills caches: the kernel's of files, and ours. Gives what went wrong. */
async function trial(contestant: Contestant): Promise<string | undefined> {
  try {
    await oneStart(contestant, cache, { limitMs });
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return contestant.hint === undefined ? message : `${message} (${contestant.hint})`;
  }
}

function report(program: ProgramName, results: readonly Result[]): void {
  const rows = results.map(({ contestant, starts, memory }) => ({
    name: contestant.name,
    event: starts.map((s) => s.firstEventMs).sort((a, b) => a - b),
    end: median(starts.map((s) => s.endMs)),
    own: Math.max(...memory.map((s) => s.ownKb)) / 1024,
    child: Math.max(...memory.map((s) => s.childKb)) / 1024,
  }));
  const bpftrace = rows.find((row) => row.name === "bpftrace");
  const bcc = rows.find((row) => row.name === "bcc");
  console.log(`\n${program}`);
  const head = ["", "event", "min-max", "bpftrace=1", "end", "MiB", "child", "bcc=1"];
  console.log(columns(ROW, ...head));
  for (const { name, event, end, own, child } of rows) {
    const time = median(event);
    const spread = `${event[0]?.toFixed(0)}-${event.at(-1)?.toFixed(0)}`;
    const cells = [
      name,
      time.toFixed(0),
      spread,
      bpftrace === undefined ? "-" : (time / median(bpftrace.event)).toFixed(2),
      end.toFixed(0),
      own.toFixed(0),
      child === 0 ? "-" : child.toFixed(0),
      bcc === undefined ? "-" : (own / bcc.own).toFixed(2),
    ];
    console.log(columns(ROW, ...cells));
  }
}
