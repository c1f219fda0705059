import type { TestProcess } from "../../cli-process.ts";
import { without } from "../compare-outputs.ts";
import { runBeside } from "./run-beside.ts";
import { TOOLS, type Tool } from "./tools.ts";

const ERROR = /^.*ERROR: (?!.*RLIMIT_MEMLOCK).*$/m;
const COLUMN = 18;
/** They list functions that only some kernels and libraries have, and 0.17 leaves the others out. */
const LENIENT = { BPFTRACE_MISSING_PROBES: "ignore" };

/** Runs the package's scripts with both on the same activity, and tells of each. True: all agree. */
export async function compareTools(activity: TestProcess, names: readonly string[]): Promise<boolean> {
  console.log(`${"tool".padEnd(COLUMN)} verdict`);
  let good = true;
  for (const tool of TOOLS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const { verdict, agrees, details } = await compareTool(activity, tool).catch((error: Error) => ({
      verdict: "FAILED",
      agrees: false,
      details: [error.message],
    }));
    console.log(`${tool.name.padEnd(COLUMN)} ${verdict}`);
    for (const detail of details) console.log(`  ${detail.trimEnd().replaceAll("\n", "\n    ")}`);
    good &&= agrees;
  }
  return good;
}

async function compareTool(activity: TestProcess, { name, steps, same, shows, forMs = 0 }: Tool) {
  const words = [`/usr/sbin/${name}.bt`];
  const { bpftrace, ours } = await runBeside(activity, {
    words,
    steps,
    forMs,
    ends: false,
    environment: LENIENT,
  });
  const [theirs, here] = [bpftrace, ours].map((output) => ERROR.exec(output)?.[0]);
  const told = (verdict: string, agrees: boolean, ...details: string[]) => ({ verdict, agrees, details });
  if (theirs !== undefined && here !== undefined) return told("neither runs here", true, theirs, here);
  if (here !== undefined) return told("OURS FAILS", false, ours);
  if (same !== undefined && theirs === undefined) {
    const [wanted, got] = [same(bpftrace), same(ours)];
    const [missing, added] = [without(wanted, got), without(got, wanted)];
    if (wanted.length > 0 && missing.length + added.length === 0)
      return told(`the same ${wanted.length}`, true);
    if (wanted.length + got.length === 0) return told("NOTHING SEEN", false, bpftrace, ours);
    const marked = [
      ...missing.map((each) => `bpftrace only: ${each}`),
      ...added.map((each) => `ours only: ${each}`),
    ];
    return told("DIFFERENT", false, ...marked);
  }
  const seen = shows?.test(ours) ?? (same === undefined || same(ours).length > 0);
  const sample = ours.split("\n").slice(-12).join("\n");
  if (theirs !== undefined)
    return told(`bpftrace's does not run; ours ${seen ? "shows" : "SHOWS NOT"}`, seen, theirs, sample);
  if (shows === undefined) return told("both attach; nothing to be seen here", true);
  if (!seen && !shows.test(bpftrace)) return told("neither shows anything here", true, sample);
  const both = seen && shows.test(bpftrace);
  return told(
    both ? "both show" : `ONLY ${seen ? "OURS" : "BPFTRACE"} SHOWS`,
    both,
    ...(both ? [] : [bpftrace, ours]),
  );
}
