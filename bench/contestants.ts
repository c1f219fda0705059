import { execFileSync } from "node:child_process";
import { packageFile } from "../src/package-root.ts";

/** What is traced: a system call's entry, the same with a struct of the kernel's, a function of the kernel's. */
export type ProgramName = "syscall" | "struct" | "kprobe";

/** One way of starting a tracer. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  /**
   * "warm": runs share a cache that has the program; "edited": they share one, and each has another program;
   * "empty": each run gets a new cache, as after the installation.
   */
  readonly cache?: "warm" | "edited" | "empty";
  /** What to look for when it fails. */
  readonly hint?: string;
}

/** A peer that is not installed, and why. */
export interface Absent {
  readonly name: string;
  readonly reason: string;
}

const BPFTRACE: Readonly<Record<ProgramName, (pid: number) => string>> = {
  syscall: (pid) =>
    `tracepoint:raw_syscalls:sys_enter /pid == ${pid}/ { printf("event %d\\n", args->id); exit(); }`,
  struct: (pid) =>
    `tracepoint:raw_syscalls:sys_enter /pid == ${pid}/ {
      $task = (struct task_struct *)curtask; printf("event %d\\n", $task->real_parent->tgid); exit(); }`,
  kprobe: (pid) =>
    `kprobe:tcp_v4_connect /pid == ${pid}/ {
      $sk = (struct sock *)arg0; printf("event %d\\n", $sk->__sk_common.skc_family); exit(); }`,
};

/** All that can start here with this program: what no script of ours can be faster than, ours, then the peers. */
export function contestants(program: ProgramName, pid: number): (Contestant | Absent)[] {
  const words = [program, String(pid)];
  const bin = packageFile("dist", "lib", "bin.cjs");
  const cli = [process.execPath, bin, "run", packageFile("bench", "first-event.ts"), "--", ...words];
  const script = [process.execPath, packageFile("dist", "bench", "first-event.js"), ...words];
  const python = pythonWithBcc();
  const bpftrace = succeeds("bpftrace", "--version");
  return [
    { name: "node, and nothing else", command: [process.execPath, "-e", "console.log('event 0')"] },
    { name: "bcc-ts run x.ts, cached", command: cli, cache: "warm" },
    { name: "bcc-ts run x.ts, edited", command: cli, cache: "edited" },
    { name: "bcc-ts run x.ts, no cache", command: cli, cache: "empty" },
    { name: "node x.js, cached", command: script, cache: "warm" },
    { name: "node x.js, edited", command: script, cache: "edited" },
    { name: "node x.js, no cache", command: script, cache: "empty" },
    bpftrace
      ? { name: "bpftrace", command: ["bpftrace", "-B", "line", "-e", BPFTRACE[program](pid)] }
      : { name: "bpftrace", reason: "it is not installed: apt install bpftrace" },
    python !== undefined
      ? {
          name: "bcc",
          command: [python, packageFile("bench", "first-event.py"), ...words],
          hint: "it needs kernel headers; BCC_KERNEL_SOURCE can name some",
        }
      : { name: "bcc", reason: "no python3 can import it: apt install python3-bpfcc" },
  ];
}

/** The distribution's Python has bcc, and another may come before it in PATH. */
export function pythonWithBcc(): string | undefined {
  return ["python3", "/usr/bin/python3"].find((python) => succeeds(python, "-c", "import bcc"));
}

function succeeds(command: string, ...words: readonly string[]): boolean {
  try {
    execFileSync(command, words, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
