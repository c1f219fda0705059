import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Duplex, Readable, Writable } from "node:stream";
import { VmError } from "./vm-error.ts";

/** What to run in a guest, and with what. */
export interface VmOptions {
  /** A directory under the kernels' directory; by default "6.12". */
  readonly kernel?: string;
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** Working directory; by default this process's own. */
  readonly cwd?: string;
  /** The command's environment. PATH, HOME, TERM and LANG have values when it does not name them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Host directories that the guest can change. All others are seen as they are, but changes stay in the guest. */
  readonly writable?: readonly string[];
  /** After so many milliseconds the command gets SIGTERM, one second later the guest is killed. */
  readonly timeoutMs?: number;
  /** Ends the run like `timeoutMs`; the result rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** By default 1, which boots fastest. */
  readonly cpus?: number;
  /** By default 1024. */
  readonly memoryMb?: number;
  /** By default "ignore": the command reads an end of file. */
  readonly stdin?: Readable | "inherit" | "ignore";
  /** By default this process's own. It is not ended. */
  readonly stdout?: Writable;
  /** By default this process's own. It is not ended. */
  readonly stderr?: Writable;
  /** Serial ports by name: the guest opens /dev/virtio-ports/NAME, and the function gets the other end. */
  readonly services?: Readonly<Record<string, (port: Duplex) => void>>;
  /** Whether a saved state may be used and made; by default "use". */
  readonly state?: "use" | "none";
  /** By default "auto": KVM when a guest boots under it, else emulation. */
  readonly accel?: "auto" | "kvm" | "tcg";
}

/** The part of the options that the guest's request is made of, checked and with its defaults. */
export interface GuestTask {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly writable: readonly string[];
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** @throws VmError VM_OPTION for an option that cannot be met. */
export function guestTask(options: VmOptions): GuestTask {
  const [program, ...rest] = options.command;
  if (program === undefined || program === "") throw new VmError("VM_OPTION", "there is no command to run");
  const env = {
    PATH: DEFAULT_PATH,
    HOME: homedir(),
    TERM: process.env.TERM ?? "dumb",
    LANG: "C.UTF-8",
    ...options.env,
  };
  for (const [name, value] of Object.entries(env))
    if (name === "" || /[=\0]/.test(name) || value.includes("\0"))
      throw new VmError("VM_OPTION", `${JSON.stringify(name)} cannot be an environment variable`);
  if (options.command.some((word) => word.includes("\0")))
    throw new VmError("VM_OPTION", "an argument cannot hold a zero byte");
  const cwd = options.cwd ?? process.cwd();
  if (!isAbsolute(cwd)) throw new VmError("VM_OPTION", `the working directory must be absolute: ${cwd}`);
  return {
    command: [findProgram(program, env.PATH), ...rest],
    cwd,
    env,
    writable: [...new Set((options.writable ?? []).map(writableDirectory))].sort(),
  };
}

// The guest sees the host's files, so the search is the same here; busybox, which starts the command there,
// would take a bare name for one of its own programs.
function findProgram(name: string, path: string): string {
  if (name.includes("/")) return name;
  const candidates = path.split(":").map((directory) => join(directory || ".", name));
  const found = candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return statSync(candidate).isFile();
    } catch {
      return false; // not there, or not for us: the next one
    }
  });
  return found ?? candidates[0] ?? `/${name}`;
}

// Sorted and resolved: a directory inside another is mounted after it, at its true place.
function writableDirectory(directory: string): string {
  try {
    const path = realpathSync(directory);
    if (statSync(path).isDirectory() && path !== "/") return path;
  } catch (cause) {
    throw new VmError("VM_OPTION", `cannot export ${directory}: ${(cause as Error).message}`, { cause });
  }
  throw new VmError("VM_OPTION", `cannot export ${directory}: it is not a directory below the root`);
}
