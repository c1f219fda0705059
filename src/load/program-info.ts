import { kernelInfo } from "./kernel-info.ts";

/** What the kernel counts of a program. Numbers that this kernel does not tell are undefined. */
export interface ProgramInfo {
  /** The kernel's number for it, as `bpftool prog` shows. */
  readonly id: number;
  /** Instructions after the verifier's changes. */
  readonly instructions: number;
  /** Bytes of machine code; 0 without the JIT compiler. */
  readonly machineCodeBytes: number;
  /** Instructions that the verifier went through, since Linux 5.16. */
  readonly verifiedInstructions: number | undefined;
  /** Counted while statistics are on. */
  readonly runs: bigint;
  /** Nanoseconds of all runs, counted while statistics are on. */
  readonly runTime: bigint;
  /** Runs that were left out because the program, or another, was running on the CPU; since Linux 5.12. */
  readonly recursionMisses: bigint | undefined;
}

const INSTRUCTION_BYTES = 8;

/** Reads what the kernel says of a program. Throws SyscallError. */
export function programInfo(fd: number): ProgramInfo {
  // struct bpf_prog_info: id 4, jited_prog_len 16, xlated_prog_len 20, run_time_ns 192, run_cnt 200,
  // recursion_misses 208, verified_insns 216
  const { view, length } = kernelInfo(fd);
  return {
    id: view.getUint32(4, true),
    instructions: view.getUint32(20, true) / INSTRUCTION_BYTES,
    machineCodeBytes: view.getUint32(16, true),
    verifiedInstructions: length >= 220 ? view.getUint32(216, true) : undefined,
    runs: view.getBigUint64(200, true),
    runTime: view.getBigUint64(192, true),
    recursionMisses: length >= 216 ? view.getBigUint64(208, true) : undefined,
  };
}
