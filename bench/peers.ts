import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { libbpf } from "../src/ffi/libbpf.ts";
import { readCString as text } from "../src/ffi/library.ts";
import { packageFile } from "../src/package-root.ts";
import { pythonWithBcc } from "./contestants.ts";
import { eventObject, PERF_PAGES, RING_PAGES } from "./event-program.ts";

/** How to start the peers' subjects, or why one cannot be. */
export interface Peers {
  /** The command of a program of bench/peers/*.c, compiled with libbpf. */
  c(name: "events" | "maps", ...words: readonly string[]): readonly string[] | string;
  /** The command of a script of bench/peers/*.py. */
  bcc(name: "events" | "maps" | "lines", ...words: readonly string[]): readonly string[] | string;
  readonly bpftrace: string | undefined;
  readonly eventObject: string;
  /** What the peers are, beside those that the machine's description has. */
  readonly versions: readonly string[];
  /** For all subjects. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes what was made. */
  close(): void;
}

/** Compiles the peers in C, and finds out which others are there. */
export async function findPeers(): Promise<Peers> {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-bench-"));
  const object = join(directory, "events.o");
  writeFileSync(object, await eventObject());
  const compiler = compileAll(directory);
  const python = pythonWithBcc();
  const source = kernelSource(directory);
  return {
    c: (name, ...words) => compiler ?? [join(directory, name), ...words],
    bcc: (name, ...words) => {
      if (python === undefined) return "no python3 can import it: apt install python3-bpfcc";
      return [python, packageFile("bench", "peers", `${name}.py`), ...words];
    },
    bpftrace: spawnSync("bpftrace", ["--version"]).status === 0 ? "bpftrace" : undefined,
    eventObject: object,
    versions:
      compiler === undefined ? [`${gccVersion()}, libbpf ${text(libbpf().libbpf_version_string())}`] : [],
    env: source === undefined ? {} : { BCC_KERNEL_SOURCE: source },
    close: () => rmSync(directory, { recursive: true }),
  };
}

function gccVersion(): string {
  return execFileSync("gcc", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
}

/** Undefined when it worked, else the reason. */
function compileAll(directory: string): string | undefined {
  for (const name of ["events", "maps"]) {
    const source = packageFile("bench", "peers", `${name}.c`);
    const words = ["-O2", "-o", join(directory, name), source, "-lbpf"];
    const { status, stderr, error } = spawnSync("gcc", words, { encoding: "utf8" });
    if (error !== undefined) return "gcc is not installed: apt install gcc libbpf-dev";
    if (status !== 0) {
      const first = stderr.split("\n").find((line) => line.includes("error")) ?? stderr;
      return `it does not compile (apt install libbpf-dev): ${first.trim()}`;
    }
  }
  return undefined;
}

/**
 * bcc reads a kernel's headers from one directory, and Debian's are in two: links to both. They need not be those
 * of the running kernel for programs that use none of its structs. Undefined where bcc finds headers itself, or
 * there are none.
 */
function kernelSource(directory: string): string | undefined {
  const release = execFileSync("uname", ["-r"], { encoding: "utf8" }).trim();
  if (process.env.BCC_KERNEL_SOURCE !== undefined || existsSync(`/lib/modules/${release}/build`))
    return undefined;
  const all = existsSync("/usr/src") ? readdirSync("/usr/src") : [];
  const own = all
    .filter((name) => /^linux-headers-[\d.-]+-(amd64|arm64)$/.test(name))
    .sort()
    .at(-1);
  if (own === undefined) return undefined;
  const common = own.replace(/-(amd64|arm64)$/, "-common");
  const merged = join(directory, "kernel");
  for (const part of ["include", "arch/x86", "arch/arm64"]) {
    for (const from of [common, own]) linkTree(join("/usr/src", from, part), join(merged, part));
  }
  return merged;
}

/** Directories with links to the files of another tree. */
function linkTree(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const link = join(to, path.slice(from.length));
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    if (entry.isSymbolicLink()) cpSync(path, link, { dereference: true });
    else symlinkSync(path, link);
  }
}

/** The arguments of the events' subjects behind their mode. */
export const EVENT_SIZES = {
  c: [String(PERF_PAGES)],
  bcc: [String(RING_PAGES), String(PERF_PAGES)],
} as const;
