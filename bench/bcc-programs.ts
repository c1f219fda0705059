import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { packageFile } from "../src/package-root.ts";
import { pythonWithBcc } from "./contestants.ts";
import { type ProgramCost, programCost } from "./program-cost.ts";

/** The programs of some files, compiled by bcc in a process of its own (bench/in-kernel.py). */
export class BccPrograms {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #programs = new Map<string, ReadonlyMap<string, number>>();

  private constructor(child: ChildProcess, answers: AsyncIterator<string>) {
    this.#child = child;
    this.#answers = answers;
  }

  /** When all are compiled, which takes minutes under emulation. `isStatic`: they will only be loaded. */
  static async compile(files: readonly string[], isStatic: boolean): Promise<BccPrograms> {
    const words = [packageFile("bench", "in-kernel.py"), ...(isStatic ? ["--static"] : []), ...files];
    const child = spawn(pythonWithBcc() ?? "python3", words, { stdio: ["pipe", "pipe", "inherit"] });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const programs = new BccPrograms(child, answers);
    await programs.#answer();
    return programs;
  }

  async attach(file: string): Promise<void> {
    const said = await this.#ask("attach", file);
    const ids = said.matchAll(/(\w+)=(\d+)/g);
    this.#programs.set(file, new Map(Array.from(ids, ([, name = "", id]) => [name, Number(id)])));
  }

  /** What the programs of an attached file cost so far, by their functions' names. */
  costs(file: string): Map<string, ProgramCost> {
    const programs = this.#programs.get(file) ?? new Map<string, number>();
    return new Map(Array.from(programs, ([name, id]) => [name, programCost(id)]));
  }

  /** Reads what is in the buffers. */
  async drain(file: string): Promise<void> {
    await this.#ask("drain", file);
  }

  async detach(file: string): Promise<void> {
    await this.#ask("detach", file);
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, "close");
  }

  async #ask(command: string, file: string): Promise<string> {
    this.#child.stdin?.write(`${command} ${basename(file, ".c")}\n`);
    return await this.#answer();
  }

  async #answer(): Promise<string> {
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error("bcc ended: what it says is above");
    return value;
  }
}
