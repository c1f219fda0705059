import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { processCpuNs } from "./process-use.ts";

/** What a subject prints: JSON, a line each. */
export type Said = Readonly<Record<string, unknown>>;

/** A process that does what is measured, and answers in lines of JSON. */
export class Subject {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #timer: NodeJS.Timeout;
  #stderr = "";

  constructor(command: readonly string[], { env = {}, limitMs = 180_000 } = {}) {
    const [program = "", ...words] = command;
    this.#child = spawn(program, words, { env: { ...process.env, ...env } });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    // A subject that has ended does not read any more.
    this.#child.stdin.on("error", () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#timer = setTimeout(() => this.#child.kill("SIGKILL"), limitMs);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the subject was not started");
    return this.#child.pid;
  }

  /** The next answer. */
  async answer(): Promise<Said> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`it ended: ${this.#stderr.trim().split("\n").slice(-3).join(" / ")}`);
    return JSON.parse(value) as Said;
  }

  async ask(word: string): Promise<Said> {
    this.#child.stdin.write(`${word}\n`);
    return this.answer();
  }

  /** Nanoseconds of processor time until now, of all threads. */
  cpuNs(): number {
    return processCpuNs(this.pid);
  }

  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin.end();
    this.#child.kill(signal);
    await ended;
  }
}
