import { type ChildProcess, spawn } from "node:child_process";
import { Changes } from "../changes.ts";

export interface GroupOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a group's first process ended. */
export interface GroupEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A command with all that it starts, in a session of its own, so that nothing of it outlives a case. Both
 * of its streams come as one text, in the order in which they were written.
 */
export class ProcessGroup {
  readonly ended: Promise<GroupEnd>;
  readonly #child: ChildProcess;
  readonly #changes = new Changes();
  #output = "";
  #over = false;

  private constructor(words: readonly string[], { cwd, env }: GroupOptions) {
    this.#child = spawn("/bin/sh", words, {
      cwd,
      env: { ...env },
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
      this.#changes.tell();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      // "exit", not "close": a process that was left in the background keeps the pipe open.
      this.#child.once("exit", (status, signal) => {
        setTimeout(() => {
          this.#over = true;
          this.#changes.tell();
          resolve({ status, signal });
        }, 20);
      });
    });
  }

  /** Runs a program with its words as they are. */
  static ofWords(words: readonly string[], options: GroupOptions): ProcessGroup {
    return new ProcessGroup(["-c", 'exec "$@" 2>&1', "sh", ...words], options);
  }

  /** Runs a line of shell. */
  static ofLine(line: string, options: GroupOptions): ProcessGroup {
    // A plain command takes the shell's place, so that the group's pid is the command's.
    const isPlain = /^[\w./ -]+$/.test(line) && !line.startsWith("exec ");
    return new ProcessGroup(["-c", 'exec 2>&1; eval "$1"', "sh", isPlain ? `exec ${line}` : line], options);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get output(): string {
    return this.#output;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Until the condition holds, the process has ended or the time is over: true for the first. */
  async until(condition: () => boolean, ms: number): Promise<boolean> {
    const deadline = Date.now() + ms;
    while (!condition()) {
      const left = deadline - Date.now();
      if (this.#over || left <= 0) return condition();
      await this.#changes.next(left);
    }
    return true;
  }

  /** Sends a signal to all of the group. */
  signal(name: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // All of it has ended.
    }
  }
}
