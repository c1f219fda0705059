import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contestant } from "./contestants.ts";

const EVENT = /^event \d+$/m;

/** One start of a tracer. */
export interface Start {
  /** Milliseconds from the launch of the process to the event on its stdout, */
  readonly firstEventMs: number;
  /** and to its own end after that event. */
  readonly endMs: number;
  /** With `memory`: the peak (VmHWM) of the process in KiB, */
  readonly ownKb: number;
  /** and the highest of its children, 0 without any. */
  readonly childKb: number;
}

export interface StartOptions {
  readonly limitMs: number;
  /** Watches the memory, which costs time: for runs whose times are not used. */
  readonly memory?: boolean;
}

let editions = 0;

/** @throws Error with what the tracer said when no event came */
export async function oneStart(
  contestant: Contestant,
  warmCache: string,
  options: StartOptions,
): Promise<Start> {
  const cache = contestant.cache === "empty" ? mkdtempSync(join(tmpdir(), "bcc-ts-bench-")) : warmCache;
  const launched = performance.now();
  const [command = "", ...words] = contestant.command;
  if (contestant.cache === "edited") words.push(String(++editions));
  const child = spawn(command, words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BCC_TS_CACHE: cache },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), options.limitMs);
  const peaks = options.memory ? watchMemory(child) : { ownKb: 0, childKb: 0, stop: () => {} };
  try {
    const { firstEventMs, said } = await follow(child, launched);
    const endMs = performance.now() - launched;
    if (firstEventMs === undefined) throw new Error(said);
    return { firstEventMs, endMs, ownKb: peaks.ownKb, childKb: peaks.childKb };
  } finally {
    clearTimeout(timer);
    peaks.stop();
    if (cache !== warmCache) rmSync(cache, { recursive: true });
  }
}

async function follow(child: ChildProcess, launched: number) {
  let stdout = "";
  let stderr = "";
  let firstEventMs: number | undefined;
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (firstEventMs === undefined && EVENT.test(stdout)) firstEventMs = performance.now() - launched;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [status, signal] = await once(child, "close");
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return { firstEventMs, said: `no event; it ended with ${status ?? signal}: ${last}` };
}

/** Reads the peaks again and again: the last ones before an end are the peaks. */
function watchMemory(child: ChildProcess) {
  const peaks = { ownKb: 0, childKb: 0, stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    peaks.ownKb = Math.max(peaks.ownKb, peakKb(child.pid));
    for (const pid of childrenOf(child.pid)) peaks.childKb = Math.max(peaks.childKb, peakKb(pid));
  }, 1);
  return peaks;
}

function peakKb(pid: number | undefined): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(procFile(`${pid}/status`))?.[1] ?? 0);
}

function childrenOf(pid: number | undefined): number[] {
  return procFile(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** Empty for a process that has ended. */
function procFile(path: string): string {
  try {
    return readFileSync(join("/proc", path), "utf8");
  } catch {
    return "";
  }
}
