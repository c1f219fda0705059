import { checked } from "../src/ffi/errno.ts";
import { libbpf } from "../src/ffi/libbpf.ts";
import { closeFd } from "../src/ffi/libc.ts";
import { programInfo } from "../src/load/program-info.ts";

/** What a loaded program costs. */
export interface ProgramCost {
  /** Bytes of machine code. */
  readonly jited: number;
  /** Instructions after the verifier's changes. */
  readonly translated: number;
  /** Of all runs since it was loaded, while kernel.bpf_stats_enabled was set. */
  readonly runNs: number;
  readonly runs: number;
}

/** The cost of the program with this id, as the kernel tells it. */
export function programCost(id: number): ProgramCost {
  const fd = checked("bpf_prog_get_fd_by_id", libbpf().bpf_prog_get_fd_by_id(id));
  try {
    const { machineCodeBytes, instructions, runTime, runs } = programInfo(fd);
    return {
      jited: machineCodeBytes,
      translated: instructions,
      runNs: Number(runTime),
      runs: Number(runs),
    };
  } finally {
    closeFd(fd);
  }
}
