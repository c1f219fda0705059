// Feeds a million damaged inputs to each reader of files and texts:
//   npm run fuzz -- [--count N] [--seed N] [--only INDEX] [TARGET...]
// Each reader works in a thread with little memory, and is watched: an input on which it hangs is told by its number.
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { chooseSeed } from "../unit/btf/random.ts";
import { feedOne, feedTarget } from "./feed.ts";
import { TARGETS, targetNamed } from "./targets.ts";

const MEGABYTES = 512;
const HANGS_AFTER_MS = 20_000;

interface Job {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  readonly progress: Int32Array;
}

if (isMainThread) await main();
else work(workerData as Job);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
  });
  const seed = values.seed === undefined ? chooseSeed() : Number(values.seed);
  const wanted = positionals.length === 0 ? TARGETS : positionals.map(targetNamed);
  if (values.only !== undefined) {
    for (const target of wanted) feedOne(target.start(), seed, Number(values.only));
    return;
  }
  for (const { name } of wanted) {
    const progress = new Int32Array(new SharedArrayBuffer(4));
    const line = await watched({ name, seed, count: Number(values.count ?? 1_000_000), progress });
    console.log(line);
    if (line.includes("failed")) process.exitCode = 1;
  }
}

function watched(job: Job): Promise<string> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  });
  const begin = performance.now();
  let last = -1;
  return new Promise((resolve) => {
    const end = (result: string) => {
      clearInterval(timer);
      const seconds = ((performance.now() - begin) / 1000).toFixed(0);
      resolve(`${job.name}: seed ${job.seed}: ${result}, ${seconds} s`);
    };
    const timer = setInterval(() => {
      const now = Atomics.load(job.progress, 0);
      if (now === last) {
        void worker.terminate();
        end(`failed: input ${now} takes more than ${HANGS_AFTER_MS} ms`);
      }
      last = now;
    }, HANGS_AFTER_MS);
    worker.on("message", (slowest: number) => {
      end(`${job.count} inputs read or refused, the slowest in ${slowest.toFixed(0)} ms`);
    });
    worker.on("error", (error) => {
      end(`failed at input ${Atomics.load(job.progress, 0)}: ${error.message}`);
    });
  });
}

function work({ name, seed, count, progress }: Job): void {
  const onInput = (index: number) => Atomics.store(progress, 0, index);
  parentPort?.postMessage(feedTarget(targetNamed(name), { seed, count, onInput }));
}
