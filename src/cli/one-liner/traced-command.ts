import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { UsageError } from "./usage-error.ts";

const PATIENCE_MS = 5000;

/** The command of -c: it waits until the probes are attached, and its end is the script's. */
export class TracedCommand {
  readonly ended: Promise<unknown>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = once(child, "exit");
  }

  /** Starts it; words are split at blanks, and there is no shell. Resolves when it waits. */
  static async start(command: string): Promise<TracedCommand> {
    const words = command.split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) throw new UsageError("-c needs a command");
    const { spawn } = process.getBuiltinModule("node:child_process");
    // A shell stops itself and then becomes the command, which so keeps its process id.
    const child = spawn("/bin/sh", ["-c", 'kill -STOP $$; exec "$@"', "sh", ...words], {
      stdio: ["inherit", "inherit", "inherit"],
    });
    const traced = new TracedCommand(child);
    for (let waited = 0; !isStopped(traced.pid); waited += 5) {
      if (waited > PATIENCE_MS || child.exitCode !== null) throw new UsageError(`cannot start '${command}'`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return traced;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends it if it is still there. */
  end(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    this.#child.kill("SIGCONT");
  }
}

function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
  } catch {
    return false; // It has ended already, which its exit code shows.
  }
}
