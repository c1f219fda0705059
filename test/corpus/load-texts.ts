import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { CorpusKernel } from "./kernel-recording.ts";
import { CORPUS_DIRECTORY, guestModules, ROOT } from "./places.ts";
import type { ToolText } from "./record-texts.ts";

/** A text with all that is done with it; the same for all runs that do the same. */
export interface LoadJob extends Pick<ToolText, "text" | "cflags" | "calls" | "usdt"> {
  /** The same for the same job in every run. */
  readonly key: string;
}

export interface Loaded {
  readonly key: string;
  readonly loadError?: string;
  readonly attachErrors: readonly string[];
}

/** A boot ends after this long, and the next goes on. */
const SECONDS_A_BOOT = 210;

export interface LoadLimits {
  readonly boots: number;
  /** What an earlier run loaded is not loaded again. */
  readonly resume: boolean;
}

/** Loads and attaches each text in the kernel that it was compiled for. */
export async function loadTexts(
  kernel: CorpusKernel,
  texts: readonly ToolText[],
  { boots, resume }: LoadLimits,
): Promise<Loaded[]> {
  const child = await bundledChild();
  const input = join(CORPUS_DIRECTORY, `load-${kernel.name}.json`);
  const output = join(CORPUS_DIRECTORY, `loaded-${kernel.name}.ndjson`);
  if (!resume) rmSync(output, { force: true });
  const { jobs, keys } = jobsOf(texts);
  let done = readLoaded(output);
  let left = jobs.filter(({ key }) => !done.has(key));
  for (let boot = 0; left.length > 0 && boot < boots; boot++) {
    writeFileSync(input, JSON.stringify(left));
    const modules = kernel.isGuest ? [guestModules(kernel.name)] : [];
    run(kernel, [child, input, output, String(SECONDS_A_BOOT), ...modules]);
    done = readLoaded(output);
    console.log(`${kernel.name}: ${done.size} of ${jobs.length} loaded`);
    left = jobs.filter(({ key }) => !done.has(key));
  }
  return keys.map(
    (key) => done.get(key) ?? { key, loadError: "the guest did not get to it", attachErrors: [] },
  );
}

/** The first text of each tool comes first, then the second of each. */
function jobsOf(texts: readonly ToolText[]): { jobs: LoadJob[]; keys: string[] } {
  const ranks = new Map<string, { job: LoadJob; rank: number }>();
  const counts = new Map<string, number>();
  const keys = texts.map(({ run, text, cflags, calls, usdt }) => {
    const key = createHash("sha256")
      .update(JSON.stringify([text, cflags, calls, usdt]))
      .digest("hex");
    const rank = counts.get(run.tool) ?? 0;
    if (!ranks.has(key)) ranks.set(key, { job: { key, text, cflags, calls, usdt }, rank });
    counts.set(run.tool, rank + 1);
    return key;
  });
  const sorted = [...ranks.values()].sort((a, b) => a.rank - b.rank);
  return { jobs: sorted.map(({ job }) => job), keys };
}

/** A guest that dies is booted again: what it has done is in the file. */
function run({ name, isGuest }: CorpusKernel, child: readonly string[]): void {
  const bin = join(ROOT, "dist", "lib", "bin.cjs");
  const limit = String(SECONDS_A_BOOT + 60);
  const guest = [
    bin,
    "vm",
    "run",
    "--kernel",
    name,
    "--memory",
    "2048",
    "--timeout",
    limit,
    "--",
    process.execPath,
  ];
  try {
    execFileSync(process.execPath, [...(isGuest ? guest : []), ...child], { cwd: ROOT, stdio: "inherit" });
  } catch (error) {
    console.log(`${name}: the run ended early (${(error as { status?: number }).status ?? "by a signal"})`);
  }
}

function readLoaded(path: string): Map<string, Loaded> {
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "utf8").split("\n");
  const parsed = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Loaded);
  return new Map(parsed.map((loaded) => [loaded.key, loaded]));
}

/** One file, as deep as the original, because a guest reads many small ones slowly. */
async function bundledChild(): Promise<string> {
  const outfile = join(ROOT, "dist", "guest", "corpus", "load-texts-child.js");
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, "dist", "test", "corpus", "load-texts-child.js")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["ffi-napi", "ref-napi", "esbuild", "clang-wasm", "commander"],
    logLevel: "warning",
  });
  return outfile;
}
