// What programs cost in the kernel: ours beside bcc's, the same C text on the same kernel, in turns. Machine code and
// instructions as the kernel tells them, and the time of a run over the same work.
//   bcc-ts vm run --kernel 6.1 -- node dist/bench/in-kernel.js [--rounds N] [--static] [NAME...]
// bcc wants kernel headers: where the running kernel has none, BCC_KERNEL_SOURCE may name others.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { load } from "../src/load.ts";
import { columns } from "../src/output/columns.ts";
import { packageFile } from "../src/package-root.ts";
import { pythonWithBcc } from "./contestants.ts";
import { describeMachine } from "./machine.ts";
import { ownProgramIds, type ProgramCost, programCost } from "./program-cost.ts";
import { work } from "./work.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, static: { type: "boolean", default: false } },
});
const STATISTICS = "/proc/sys/kernel/bpf_stats_enabled";
const DIRECTORY = packageFile("bench", "in-kernel");
const names = readdirSync(DIRECTORY).map((file) => file.replace(/\.c$/, ""));
const ROW = "%-10s %-16s %6s %6s %6s %6s %6s %6s %8s %8s %6s";
const python = pythonWithBcc() ?? "python3";

/** The costs of a text's programs, in the order of their names. */
type Costs = readonly ProgramCost[];

console.log(describeMachine().join("\n"));
console.log(columns(ROW, "", "", "insns", "bcc", "ratio", "bytes", "bcc", "ratio", "ns/run", "bcc", "ratio"));
const ratios: { translated: number[]; jited: number[]; time: number[] } = {
  translated: [],
  jited: [],
  time: [],
};
if (!values.static) writeFileSync(STATISTICS, "1");
for (const name of names.filter((each) => positionals.length === 0 || positionals.includes(each))) {
  await compare(name);
}
if (!values.static) writeFileSync(STATISTICS, "0");
const [translated, jited, time] = [ratios.translated, ratios.jited, ratios.time].map(geometricMean);
console.log(columns(ROW, "mean", "", "", "", ratio(translated), "", "", ratio(jited), "", "", ratio(time)));

async function compare(name: string): Promise<void> {
  const [ours, theirs]: [Costs[], Costs[]] = [[], []];
  for (let round = 0; round < (values.static ? 1 : Number(values.rounds)); round++) {
    ours.push(await ourCosts(name));
    theirs.push(await bccCosts(name));
  }
  for (const [i, own] of (ours[0] ?? []).entries()) {
    const other = theirs[0]?.[i];
    if (other === undefined) throw new Error(`bcc did not load ${name}`);
    const [ownNs, otherNs] = [runTime(ours, i), runTime(theirs, i)];
    const three = [own.translated / other.translated, own.jited / other.jited, ownNs / otherNs] as const;
    ratios.translated.push(three[0]);
    ratios.jited.push(three[1]);
    if (ownNs > 0 && otherNs > 0) ratios.time.push(three[2]);
    const cells = [
      own.translated,
      other.translated,
      ratio(three[0]),
      own.jited,
      other.jited,
      ratio(three[1]),
    ];
    const times = ownNs > 0 ? [ownNs.toFixed(0), otherNs.toFixed(0), ratio(three[2])] : ["-", "-", "-"];
    console.log(columns(ROW, i === 0 ? name : "", own.name, ...cells, ...times));
  }
}

/** The lowest of the rounds: what else the machine did only adds. */
function runTime(rounds: readonly Costs[], i: number): number {
  const times = rounds.flatMap((costs) => {
    const { runNs = 0, runs = 0 } = costs[i] ?? {};
    return runs > 0 ? [runNs / runs] : [];
  });
  return times.length > 0 ? Math.min(...times) : 0;
}

async function ourCosts(name: string): Promise<Costs> {
  using bpf = await load<object>(readFileSync(`${DIRECTORY}/${name}.c`, "utf8"), {
    attach: !values.static,
    onLost: () => {},
  });
  void bpf;
  return await costsOf(ownProgramIds(readdirSync("/proc/self/fdinfo")));
}

async function bccCosts(name: string): Promise<Costs> {
  const child = spawn(python, [packageFile("bench", "in-kernel.py"), `${DIRECTORY}/${name}.c`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    return await costsOf(await loadedIds(child));
  } finally {
    child.stdin.end();
    await once(child, "close");
  }
}

async function loadedIds(child: ChildProcess): Promise<number[]> {
  let said = "";
  for await (const chunk of child.stdout ?? []) {
    said += chunk;
    const ids = /^loaded (.*)\n/m.exec(said)?.[1];
    if (ids !== undefined) return ids.split(" ").filter(Boolean).map(Number);
  }
  throw new Error("bcc loaded nothing");
}

async function costsOf(ids: readonly number[]): Promise<Costs> {
  if (!values.static) await work();
  // The kernel keeps 15 characters of a name: of those that are then the same the shorter program comes first.
  const order = (a: ProgramCost, b: ProgramCost) =>
    a.name === b.name ? a.translated - b.translated : a.name < b.name ? -1 : 1;
  return ids.map(programCost).sort(order);
}

function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, each) => sum + Math.log(each), 0) / numbers.length);
}

function ratio(number: number | undefined): string {
  return number === undefined || !Number.isFinite(number) ? "-" : number.toFixed(2);
}
