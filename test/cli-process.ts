import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { packageFile } from "../src/package-root.ts";
import { Changes } from "./changes.ts";

const BIN = packageFile("dist", "lib", "bin.cjs");
/** Long enough for a guest under emulation with both processors busy. */
const PATIENCE_MS = Number(process.env.BCC_TS_TEST_PATIENCE_MS ?? 120_000);

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface Setting {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A process whose output is awaited; it is ended with its test at the latest. */
export class TestProcess implements Disposable {
  readonly child: ChildProcess;
  readonly #ended: Promise<Ended>;
  readonly #changes = new Changes();
  #stdout = Buffer.alloc(0);
  #stderr = "";

  constructor(command: string, words: readonly string[], { env, cwd }: Setting = {}) {
    this.child = spawn(command, words, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.#stdout = Buffer.concat([this.#stdout, chunk]);
      this.#changes.tell();
    });
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr += chunk;
      this.#changes.tell();
    });
    this.child.stdin?.on("error", () => {}); // It ended before it was written to, which its status shows.
    this.#ended = once(this.child, "close").then(([status, signal]) => {
      this.#changes.tell();
      return { status, signal, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get lines(): string[] {
    return this.#stdout.toString().split("\n").slice(0, -1);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Until the condition holds for what the process wrote so far. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      const ended = this.child.exitCode !== null || this.child.signalCode !== null;
      if (ended || Date.now() > deadline) {
        throw new Error(
          `${ended ? "ended" : "silent"} before ${what}:\n${this.#stdout.toString()}\n${this.#stderr}`,
        );
      }
      await this.#changes.next(deadline - Date.now());
    }
  }

  /** Sends a signal, if one is given, and waits for the end. */
  async end(signal?: NodeJS.Signals): Promise<Ended> {
    if (signal !== undefined) this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), PATIENCE_MS);
    try {
      return await this.#ended;
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.child.kill("SIGKILL");
  }
}

/** Starts `bcc-ts` with the words. */
export function startCli(words: readonly string[], setting?: Setting): TestProcess {
  return new TestProcess(process.execPath, [BIN, ...words], setting);
}

/** Runs `bcc-ts` to its end. */
export async function runCli(
  words: readonly string[],
  setting?: Setting & { input?: string },
): Promise<Ended> {
  using cli = startCli(words, setting);
  cli.child.stdin?.end(setting?.input ?? "");
  return await cli.end();
}
