import { setTimeout as sleep } from "node:timers/promises";
import { packageFile } from "../../../src/package-root.ts";
import { TestProcess } from "../../cli-process.ts";

const NOTIFY = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";
const BIN = packageFile("dist", "lib", "bin.cjs");
/** What a tool printed may come a little after what it is about. */
const SETTLE_MS = 700;

export interface Outputs {
  readonly bpftrace: string;
  readonly ours: string;
}

export interface Beside {
  readonly words: readonly string[];
  readonly steps: string;
  readonly ends: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** How long both go on after the activity. */
  readonly forMs?: number;
}

/** Starts both tools with the same words, lets the activity happen once they are attached, and ends them. */
export async function runBeside(
  activity: TestProcess,
  { words, steps, ends, environment = {}, forMs = 0 }: Beside,
): Promise<Outputs> {
  const env = { ...environment, [NOTIFY]: "1" };
  using bpftrace = new TestProcess("bpftrace", words, { env });
  using ours = new TestProcess(process.execPath, [BIN, ...words], { env });
  const both = [bpftrace, ours];
  if (!ends) {
    await Promise.all(both.map((tool) => attached(tool)));
    if (steps !== "") await act(activity, steps);
    await sleep(SETTLE_MS + forMs);
  }
  const [theirs, here] = await Promise.all(both.map((tool) => tool.end(ends ? undefined : "SIGINT")));
  return { bpftrace: text(theirs), ours: text(here) };
}

export async function act(activity: TestProcess, steps: string): Promise<void> {
  const before = activity.lines.length;
  activity.child.stdin?.write(`${steps}\n`);
  await activity.until("its end", () => activity.lines.length > before);
}

/** A tool that cannot be attached has ended, and its output says why. */
async function attached(tool: TestProcess): Promise<void> {
  await tool
    .until("attached", () => `${tool.lines.join("\n")}\n${tool.stderr}`.includes(NOTIFY))
    .catch((error: Error) => {
      if (tool.child.exitCode === null && tool.child.signalCode === null) throw error;
    });
}

function text(ended: { readonly stdout: Buffer; readonly stderr: string } | undefined): string {
  return ended === undefined ? "" : `${ended.stdout.toString()}\n${ended.stderr}`;
}
