import type { ChildProcess } from "node:child_process";
import { BpfError } from "./errors.ts";
import { processStat } from "./kernel/process-stat.ts";

const PATIENCE_MS = 5000;

/** How a command ended: with a status, or by a signal. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A command to be traced from its first instruction: it is started and waits, under its process id, until
 * resume(). It has the terminal of this process. A `using` block ends it.
 *
 * @example
 * using command = await TracedCommand.start("ls -l /tmp");
 * bpf.rememberProcesses(command.pid);
 * bpf.attachUprobe({ name: "c", sym: "malloc", pid: command.pid, fnName: "on_malloc" });
 * command.resume();
 * await command.ended;
 */
export class TracedCommand implements Disposable {
  /** Resolves when the command has ended. */
  readonly ended: Promise<CommandEnd>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  /**
   * Starts it. The words of a text are split at blanks, and there is no shell. Resolves when it waits.
   *
   * @throws BpfError "COMMAND" when it cannot be started
   */
  static async start(command: string | readonly string[]): Promise<TracedCommand> {
    const words = typeof command === "string" ? command.split(/\s+/).filter((word) => word !== "") : command;
    if (words.length === 0) throw new BpfError("COMMAND", "there is no command to start");
    const { spawn } = process.getBuiltinModule("node:child_process");
    // A shell stops itself and then becomes the command, which so keeps its process id.
    const child = spawn("/bin/sh", ["-c", 'kill -STOP $$; exec "$@"', "sh", ...words], {
      stdio: ["inherit", "inherit", "inherit"],
    });
    const traced = new TracedCommand(child);
    for (let waited = 0; !isStopped(traced.pid); waited += 5) {
      if (waited > PATIENCE_MS || child.exitCode !== null) {
        throw new BpfError("COMMAND", `cannot start '${words.join(" ")}'`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return traced;
  }

  /** Its process id, from the start. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Lets it run. */
  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends it if it is still there. */
  end(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    this.#child.kill("SIGCONT");
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

function isStopped(pid: number): boolean {
  try {
    return processStat(pid)[0] === "T";
  } catch {
    return false; // It has ended already, which its exit code shows.
  }
}
