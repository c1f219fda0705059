// What one-liners cost in the kernel: bpftrace and ours run the same programs in turns, while a child makes system
// calls, and kernel.bpf_stats_enabled measures each run of their programs. Needs tracepoints, and bpftrace.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { columns } from "../src/output/columns.ts";
import { packageFile } from "../src/package-root.ts";
import { idsHeldBy } from "../test/kernel/kernel-ids.ts";
import { median } from "./median.ts";
import { programCost } from "./program-cost.ts";

const ENTER = "tracepoint:syscalls:sys_enter_getppid";
const COUNTED: readonly string[] = [
  `${ENTER} { @ = count(); }`,
  `${ENTER} { @++; }`,
  `${ENTER} { @[comm] = count(); }`,
  `${ENTER} { @[pid] = sum(cpu); }`,
  `${ENTER} { @ = hist(nsecs); }`,
  `${ENTER} { @[tid] = lhist(cpu, 0, 100, 10); }`,
  `${ENTER} { @a = min(tid); @b = max(tid); @c = stats(tid); }`,
  `${ENTER} /pid == 1/ { @ = count(); }`,
  `${ENTER} { @start[tid] = nsecs; } tracepoint:syscalls:sys_exit_getppid /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }`,
  `${ENTER} { @[kstack] = count(); }`,
  `${ENTER} { printf("%d %s\\n", pid, comm); }`,
];

const STATISTICS = "/proc/sys/kernel/bpf_stats_enabled";
/** The variable of the environment that asks a tool to tell when its probes are attached. */
export const NOTIFY = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";
const LIMIT_MS = 60_000;
const ROW = "%-60.60s %9s %9s %7s %9s %9s";

interface Cost {
  /** Of a run of each of its programs, added. */
  readonly ns: number;
  readonly instructions: number;
}

/** Prints the table. */
export async function compareCosts(runs: number, calls: number): Promise<void> {
  const before = readFileSync(STATISTICS, "utf8");
  writeFileSync(STATISTICS, "1");
  try {
    console.log(
      `medians of ${runs} rounds of ${calls} events: nanoseconds of an event's programs, and their instructions`,
    );
    console.log(columns(ROW, "", "bpftrace", "bcc-ts", "ratio", "bpftrace", "bcc-ts"));
    for (const text of COUNTED) {
      const theirs: Cost[] = [];
      const ours: Cost[] = [];
      for (let run = 0; run < runs; run++) {
        theirs.push(await costOf(["bpftrace", "-e", text], calls));
        ours.push(await costOf([process.execPath, packageFile("dist", "lib", "bin.cjs"), "-e", text], calls));
      }
      const [a, b] = [theirs, ours].map((costs) => median(costs.map(({ ns }) => ns)));
      const sizes = [theirs, ours].map(([cost]) => String(cost?.instructions ?? 0));
      const ratio = ((b ?? 0) / (a ?? 1)).toFixed(2);
      console.log(columns(ROW, text, a?.toFixed(0), b?.toFixed(0), ratio, ...sizes));
    }
  } finally {
    writeFileSync(STATISTICS, before);
  }
}

async function costOf([command = "", ...words]: readonly string[], calls: number): Promise<Cost> {
  const tool = spawn(command, words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, [NOTIFY]: "1" },
  });
  const timer = setTimeout(() => tool.kill("SIGKILL"), LIMIT_MS);
  try {
    await attached(tool);
    await makeCalls(calls);
    const costs = idsHeldBy(tool.pid ?? 0)
      .programs.map(programCost)
      .filter((cost) => cost.runs >= calls);
    return {
      ns: costs.reduce((sum, cost) => sum + cost.runNs / cost.runs, 0),
      instructions: costs.reduce((sum, cost) => sum + cost.translated, 0),
    };
  } finally {
    clearTimeout(timer);
    const again = setInterval(() => tool.kill("SIGINT"), 50);
    if (tool.exitCode === null) await once(tool, "close");
    clearInterval(again);
  }
}

/** Waits until a tool that was asked to tell it has attached its probes. */
export async function attached(tool: ReturnType<typeof spawn>): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (text: string) => {
      if (said.includes(NOTIFY)) return;
      said += text;
      if (said.includes(NOTIFY)) resolve();
    };
    tool.stdout?.setEncoding("utf8").on("data", hear);
    tool.stderr?.setEncoding("utf8").on("data", hear);
    tool.once("close", () => reject(new Error(`did not attach: ${said}`)));
  });
}

/** The call of the programs, and little else. */
async function makeCalls(calls: number): Promise<void> {
  const child = spawn("/usr/bin/python3", ["-c", `import os\nfor _ in range(${calls}): os.getppid()`], {
    stdio: "inherit",
  });
  await once(child, "close");
}
