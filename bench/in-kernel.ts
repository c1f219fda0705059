// What programs cost in the kernel: ours beside bcc's, the same C text on the same kernel, over the same work in turns.
// Machine code and instructions as the kernel tells them, and the time of a run.
//   bcc-ts vm run --kernel 6.1 -- node dist/bench/in-kernel.js [--rounds N] [--static] [NAME...]
// bcc wants kernel headers: where the running kernel has none, BCC_KERNEL_SOURCE may name others.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { load } from "../src/load.ts";
import { columns } from "../src/output/columns.ts";
import { packageFile } from "../src/package-root.ts";
import { BccPrograms } from "./bcc-programs.ts";
import { describeMachine } from "./machine.ts";
import { type ProgramCost, programCost } from "./program-cost.ts";
import { work } from "./work.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, static: { type: "boolean", default: false } },
});
const ROUNDS = values.static ? 0 : Number(values.rounds);
/** As many as bcc's side has: what finds no room costs less. */
const PAGES = 512;
const STATISTICS = "/proc/sys/kernel/bpf_stats_enabled";
const DIRECTORY = packageFile("bench", "in-kernel");
const ROW = "%-10s %-14s %6s %6s %6s %6s %6s %6s %8s %8s %6s %8s";

/** What one round told, by the functions' names; runs and times are the round's own. */
type Costs = ReadonlyMap<string, ProgramCost>;

const files = readdirSync(DIRECTORY)
  .filter((file) => positionals.length === 0 || positionals.includes(basename(file, ".c")))
  .map((file) => `${DIRECTORY}/${file}`);
console.log(describeMachine().join("\n"));
const bcc = await BccPrograms.compile(files, values.static);
const heads = ["insns", "bcc", "ratio", "bytes", "bcc", "ratio", "ns/run", "bcc", "ratio", "runs"];
console.log(columns(ROW, "", "", ...heads));
const ratios: { translated: number[]; jited: number[]; time: number[] } = {
  translated: [],
  jited: [],
  time: [],
};
if (ROUNDS > 0) writeFileSync(STATISTICS, "1");
for (const file of files) await compare(file);
if (ROUNDS > 0) writeFileSync(STATISTICS, "0");
await bcc.close();
const [translated, jited, time] = [ratios.translated, ratios.jited, ratios.time].map(geometricMean);
console.log(
  columns(ROW, "mean", "", "", "", ratio(translated), "", "", ratio(jited), "", "", ratio(time), ""),
);

async function compare(file: string): Promise<void> {
  const [ours, theirs]: [Costs[], Costs[]] = [[], []];
  for (let round = 0; round < Math.max(ROUNDS, 1); round++) {
    // In turns, because of two at one place the first one pays for both what is not in the processor's cache.
    ours.push(await ownRound(file));
    theirs.push(await bccRound(file));
  }
  const names = [...(ours[0]?.keys() ?? [])];
  for (const [i, name] of names.entries()) print(i === 0 ? basename(file, ".c") : "", name, ours, theirs);
}

async function ownRound(file: string): Promise<Costs> {
  using bpf = await load<object>(readFileSync(file, "utf8"), {
    attach: !values.static,
    onLost: (name, count) => console.error(`${file}: ${count} of ${name} were lost`),
    buffers: buffersOf(file),
  });
  if (!values.static) await work();
  const programs = Object.entries(bpf.stats().programs);
  return new Map(programs.map(([name, { id }]) => [name, programCost(id)]));
}

async function bccRound(file: string): Promise<Costs> {
  await bcc.attach(file);
  const before = bcc.costs(file);
  if (!values.static) await work();
  const after = bcc.costs(file);
  await bcc.detach(file);
  return new Map(Array.from(after, ([name, cost]) => [name, since(cost, before.get(name))]));
}

/** bcc's stay loaded from one round to the next. */
function since(cost: ProgramCost, before: ProgramCost | undefined): ProgramCost {
  const { runs = 0, runNs = 0 } = before ?? {};
  return { ...cost, runs: cost.runs - runs, runNs: cost.runNs - runNs };
}

function print(file: string, name: string, ours: readonly Costs[], theirs: readonly Costs[]): void {
  const [own, other] = [ours[0]?.get(name), theirs[0]?.get(name)];
  if (own === undefined || other === undefined) throw new Error(`bcc did not load ${name}`);
  const [ownTime, otherTime] = [runTime(ours, name), runTime(theirs, name)];
  const three = [own.translated / other.translated, own.jited / other.jited] as const;
  ratios.translated.push(three[0]);
  ratios.jited.push(three[1]);
  const cells = [own.translated, other.translated, ratio(three[0]), own.jited, other.jited, ratio(three[1])];
  const times: string[] = ["-", "-", "-", "-"];
  if (ownTime !== undefined && otherTime !== undefined) {
    ratios.time.push(ownTime / otherTime);
    const runs = ours.at(-1)?.get(name)?.runs ?? 0;
    const numbers = [ownTime, otherTime].map((ns) => ns.toFixed(0));
    times.splice(0, 4, ...numbers, ratio(ownTime / otherTime), String(runs));
  }
  console.log(columns(ROW, file, shortened(name), ...cells, ...times));
}

/** The nanoseconds of a run in the quickest of the rounds: what else the machine did only adds. */
function runTime(rounds: readonly Costs[], name: string): number | undefined {
  const times = rounds.flatMap((costs) => {
    const { runs = 0, runNs = 0 } = costs.get(name) ?? {};
    return runs > 0 ? [runNs / runs] : [];
  });
  return times.length > 0 ? Math.min(...times) : undefined;
}

function buffersOf(file: string): Record<string, { pages: number }> {
  const names = readFileSync(file, "utf8").matchAll(/^BPF_PERF_OUTPUT\((\w+)\)/gm);
  return Object.fromEntries(Array.from(names, ([, name = ""]) => [name, { pages: PAGES }]));
}

/** "kretprobe__tcp_v4_connect" is too wide a name. */
function shortened(name: string): string {
  return name
    .replace(/^(k|kret|)(?:raw_)?(?:probe|tracepoint)__/, "$1:")
    .replace(/^:/, "")
    .slice(0, 14);
}

function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, each) => sum + Math.log(each), 0) / numbers.length);
}

function ratio(number: number | undefined): string {
  return number === undefined || !Number.isFinite(number) ? "-" : number.toFixed(2);
}
