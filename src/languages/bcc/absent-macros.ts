import { kernelVersionCode } from "../../facts/version-code.ts";

/** Macros that kernels had until they lost them: the first version without. Programs ask for them with #ifdef. */
const LOST: Readonly<Record<string, number>> = {
  REQ_WRITE: kernelVersionCode(4, 8, 0),
  REQ_OP_SHIFT: kernelVersionCode(4, 10, 0),
  INIT_PID_LINK: kernelVersionCode(4, 19, 0),
  __PAGE_OFFSET_BASE: kernelVersionCode(4, 20, 0),
  bio_dev: kernelVersionCode(5, 12, 0),
};

/** Switches of bcc's own programs, and words that programs use for switches of theirs: no kernel defines them. */
const SWITCHES = new Set(
  (
    "FULLPATH LATENCY KERNEL_STACKS USER_STACKS BY_PROCESS ONCPU CGROUPSET CGROUP_ID_SET CGROUP_ID GRAB_ARGS " +
    "INCLUDE_PATTERN EXTNEDED_FIELDS EXTENDED_FIELDS MIN_LATENCY THRESHOLD NOLANG SYSCALLS USDT MYSQL56 MYSQL57 " +
    "MNT_NAMESPACE_DEFINED FILTER_PID FILTER_PPID FILTER_TID FILTER_UID FILTER_ERRNO FILTER_FAILED FILTER_PORT " +
    "FILTER_SYSCALL_NR FILTER_HCALL_NR FILTER_CGROUP DEBUG NDEBUG TEST"
  ).split(" "),
);

/** True for a macro that is certainly not defined where a program for this kernel asks for it. */
export function isKnownAbsent(name: string, versionCode: number): boolean {
  const lost = Object.hasOwn(LOST, name) ? LOST[name] : undefined;
  return (lost !== undefined && versionCode >= lost) || SWITCHES.has(name);
}
