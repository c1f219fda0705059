import { mkdirSync } from "node:fs";
import { cacheDirectory } from "../compile/cache-directory.ts";
import { serveClang } from "../compile/serve-clang.ts";
import { startVm } from "../vm/run.ts";
import type { Stdio } from "./stdio.ts";

/** How a guest is wanted on the command line. */
export interface GuestOptions {
  readonly kernel: string;
  readonly timeout?: number;
  readonly cpus?: number;
  readonly memory?: number;
  readonly writable?: readonly string[];
  /** False with --no-state. */
  readonly state?: boolean;
}

/** Where the guest finds the host's clang. */
const CLANG_PORT = "bcc-ts.clang";

/** Runs a command in a guest, with this process's streams and signals; gives its exit status. */
export async function runInGuest(
  command: readonly string[],
  options: GuestOptions,
  stdio: Stdio,
): Promise<number> {
  const handle = startVm({
    command,
    kernel: options.kernel,
    env: { ...environment(), BCC_TS_CLANG_PORT: `/dev/virtio-ports/${CLANG_PORT}` },
    writable: writableDirectories(options),
    services: { [CLANG_PORT]: (port) => serveClang(port) },
    stdin: stdio.stdin,
    stdout: stdio.stdout,
    stderr: stdio.stderr,
    ...(options.timeout !== undefined && { timeoutMs: options.timeout * 1000 }),
    ...(options.cpus !== undefined && { cpus: options.cpus }),
    ...(options.memory !== undefined && { memoryMb: options.memory }),
    ...(options.state === false && { state: "none" as const }),
  });
  const forward = (signal: NodeJS.Signals) => handle.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, forward);
  try {
    return (await handle.result).exitCode;
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}

/** Compiled objects and scripts are the host's too, so that nothing is made twice. */
function writableDirectories({ writable = [] }: GuestOptions): string[] {
  const caches = (["objects", "scripts"] as const).flatMap((folder) => {
    const found = cacheDirectory(folder);
    return "path" in found ? [found.path] : [];
  });
  for (const directory of writable) mkdirSync(directory, { recursive: true });
  const here = process.cwd();
  return [...(here === "/" ? [] : [here]), ...caches, ...writable];
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
