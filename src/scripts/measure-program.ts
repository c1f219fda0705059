import { checked } from "../ffi/errno.ts";
import { libbpf } from "../ffi/libbpf.ts";
import { closeFd } from "../ffi/libc.ts";
import { programInfo } from "../load/program-info.ts";
import { testRunner } from "./test-run.ts";

const RUN_TIME = 0;
const LONGEST_MS = 500;
const MOST_RUNS = 1_000_000;
const AT_ONCE = 1000;

/**
 * Runs a raw tracepoint's program for half a second, at most a million times, and gives the mean of its time in
 * nanoseconds. The kernel takes the time of the program alone: the calls that make it run are not in it.
 */
export function measureProgram(program: { readonly fd: number; readonly name: string }): {
  averageNs: number;
  runs: number;
} {
  const run = testRunner(program);
  const statistics = checked("count the runs of programs", libbpf().bpf_enable_stats(RUN_TIME));
  try {
    const before = programInfo(program.fd);
    const until = performance.now() + LONGEST_MS;
    for (let done = 0; done < MOST_RUNS && performance.now() < until; done += AT_ONCE) {
      for (let i = 0; i < AT_ONCE; i++) run();
    }
    const after = programInfo(program.fd);
    const runs = Number(after.runs - before.runs);
    const averageNs = Math.round(Number(after.runTime - before.runTime) / Math.max(1, runs));
    return { averageNs, runs };
  } finally {
    closeFd(statistics);
  }
}
