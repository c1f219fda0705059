// What large scripts cost the verifier: instructions, how many of them it goes through on all ways, and the time of
// loading, ours beside bpftrace's.
//   npm run bench:scripts -- [FILE.bt...]: those of bench/scripts unless told
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { buildScript } from "../src/build-script.ts";
import { checked } from "../src/ffi/errno.ts";
import { libbpf } from "../src/ffi/libbpf.ts";
import { closeFd } from "../src/ffi/libc.ts";
import { liveFacts } from "../src/kernel/live-facts.ts";
import { loadObject } from "../src/load/load-object.ts";
import { type ProgramInfo, programInfo } from "../src/load/program-info.ts";
import { columns } from "../src/output/columns.ts";
import { packageFile } from "../src/package-root.ts";
import { liveScriptWorld } from "../src/script-world.ts";
import { SourceText } from "../src/source/source-text.ts";
import { idsHeldBy } from "../test/kernel/kernel-ids.ts";
import { describeMachine } from "./machine.ts";
import { attached, NOTIFY } from "./one-liner-cost.ts";

const ROW = "%-16s %9s %9s %9s %9s %9s";
const LIMIT_MS = 120_000;

interface Cost {
  readonly instructions: number;
  readonly verified: number;
}

const directory = packageFile("bench", "scripts");
const given = process.argv.slice(2);
const files = given.length > 0 ? given : readdirSync(directory).map((file) => `${directory}/${file}`);
console.log(describeMachine().join("\n"));
console.log(columns(ROW, "", "bpftrace", "verified", "bcc-ts", "verified", "load ms"));
for (const file of files) {
  const theirs = await theirCost(file);
  const { instructions, verified, loadMs } = await ownCost(file);
  const cells = [theirs?.instructions, theirs?.verified, instructions, verified].map((n) => String(n ?? "-"));
  console.log(columns(ROW, basename(file), ...cells, loadMs.toFixed(0)));
}

async function ownCost(file: string): Promise<Cost & { loadMs: number }> {
  const source = new SourceText(file, readFileSync(file, "utf8"));
  const world = liveScriptWorld({});
  const { object } = await buildScript(source, {
    facts: liveFacts(),
    world,
    environment: {},
    warn: console.error,
  });
  const begin = performance.now();
  using loaded = loadObject(object, { source });
  const loadMs = performance.now() - begin;
  return { ...sum([...loaded.programs.values()].map(({ fd }) => programInfo(fd))), loadMs };
}

/** Undefined where bpftrace does not take the script. */
async function theirCost(file: string): Promise<Cost | undefined> {
  const tool = spawn("bpftrace", [file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, [NOTIFY]: "1" },
  });
  const timer = setTimeout(() => tool.kill("SIGKILL"), LIMIT_MS);
  const ended = once(tool, "close");
  try {
    await attached(tool);
    return sum(idsHeldBy(tool.pid ?? 0).programs.map(infoOf));
  } catch (error) {
    console.error(`${file}: ${error}`);
    return undefined;
  } finally {
    tool.kill("SIGINT");
    await ended;
    clearTimeout(timer);
  }
}

function infoOf(id: number): ProgramInfo {
  const fd = checked("bpf_prog_get_fd_by_id", libbpf().bpf_prog_get_fd_by_id(id));
  try {
    return programInfo(fd);
  } finally {
    closeFd(fd);
  }
}

function sum(programs: readonly ProgramInfo[]): Cost {
  return {
    instructions: programs.reduce((all, { instructions }) => all + instructions, 0),
    verified: programs.reduce((all, { verifiedInstructions = 0 }) => all + verifiedInstructions, 0),
  };
}
