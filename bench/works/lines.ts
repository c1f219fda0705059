import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFile } from "../../src/package-root.ts";
import type { Absent, Contestant, Measure, Work } from "../contest.ts";
import type { Peers } from "../peers.ts";
import { processCpuNs, processPeakMib } from "../process-use.ts";

const LINES = 200_000;
const LIMIT_MS = 60_000;

/** A line printed for each of 200,000 system calls of a process, and the memory of who prints it. */
export function lineWork(peers: Peers): Work {
  const script = packageFile("dist", "bench", "subjects", "lines.js");
  const bpftrace = (pid: number) =>
    `tracepoint:syscalls:sys_enter_getppid /pid == ${pid}/ { printf("event %lu %d %s\\n", nsecs, pid, comm); }`;
  const bcc = peers.bcc("lines");
  const contestants: (Contestant | Absent)[] = [
    contestant("bcc-ts", peers, (pid) => [process.execPath, script, String(pid)]),
    typeof bcc === "string"
      ? { name: "bcc", reason: bcc }
      : contestant("bcc", peers, (pid) => [...bcc, String(pid)]),
    peers.bpftrace === undefined
      ? { name: "bpftrace", reason: "it is not installed: apt install bpftrace" }
      : contestant("bpftrace", peers, (pid) => ["bpftrace", "-e", bpftrace(pid)]),
  ];
  return {
    name: "printing",
    metrics: [
      { key: "us", title: "a line printed for each event", unit: "CPU us/line" },
      { key: "lost", title: "a line printed for each event: lost", unit: "%" },
      { key: "mib", title: "peak memory, own process", unit: "MiB" },
    ],
    contestants,
  };
}

function contestant(name: string, peers: Peers, command: (pid: number) => readonly string[]): Contestant {
  return {
    name,
    async measure() {
      const directory = mkdtempSync(join(tmpdir(), "bcc-ts-lines-"));
      const caller = spawn(process.execPath, [packageFile("dist", "bench", "subjects", "caller.js")]);
      try {
        await once(caller.stdout, "data");
        return await printing(caller, command(caller.pid ?? 0), join(directory, "lines"), peers);
      } finally {
        caller.kill("SIGKILL");
        rmSync(directory, { recursive: true });
      }
    },
  };
}

async function printing(
  caller: ChildProcess,
  [program = "", ...words]: readonly string[],
  file: string,
  peers: Peers,
): Promise<Measure> {
  const fd = openSync(file, "w");
  const tracer = spawn(program, words, {
    stdio: ["ignore", fd, "pipe"],
    env: { ...process.env, ...peers.env },
  });
  closeSync(fd);
  const pid = tracer.pid ?? 0;
  try {
    await until(() => lineCount(file) > 0, tracer);
    const before = { lines: lineCount(file), cpuNs: processCpuNs(pid) };
    caller.stdin?.write(`${LINES}\n`);
    if (caller.stdout !== null) await once(caller.stdout, "data");
    // The process that is traced goes on now and then: the file never rests for ever.
    await quiet(file);
    const lines = lineCount(file) - before.lines;
    return {
      us: (processCpuNs(pid) - before.cpuNs) / lines / 1000,
      lost: Math.max(0, (100 * (LINES - lines)) / LINES),
      mib: processPeakMib(pid),
    };
  } finally {
    const ended = tracer.exitCode === null ? once(tracer, "exit") : undefined;
    tracer.kill("SIGKILL");
    await ended;
  }
}

function lineCount(file: string): number {
  return readFileSync(file, "latin1").split("\nevent ").length - 1;
}

async function until(done: () => boolean, tracer: ChildProcess): Promise<void> {
  let said = "";
  tracer.stderr?.on("data", (text) => {
    said += text;
  });
  for (const end = performance.now() + LIMIT_MS; !done(); await sleep(50)) {
    if (tracer.exitCode !== null) throw new Error(`it ended: ${said.trim().split("\n").at(-1)}`);
    if (performance.now() > end) throw new Error("no line came");
  }
}

/** Until less than a kilobyte comes in half a second. */
async function quiet(file: string): Promise<void> {
  for (let before = -1, size = 0; size - before > 2000 || before < 0; ) {
    before = size;
    await sleep(500);
    size = statSync(file).size;
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
