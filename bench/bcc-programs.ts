import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { packageFile } from "../src/package-root.ts";
import { pythonWithBcc } from "./contestants.ts";
import { type ProgramCost, programCost } from "./program-cost.ts";

/** The programs of some files, compiled by bcc: as many at once as there are processors. */
export class BccPrograms {
  readonly #helpers: readonly BccHelper[];
  readonly #programs = new Map<string, ReadonlyMap<string, number>>();

  private constructor(helpers: readonly BccHelper[]) {
    this.#helpers = helpers;
  }

  /** When all are compiled, which takes minutes under emulation. `isStatic`: they will only be loaded. */
  static async compile(files: readonly string[], isStatic: boolean): Promise<BccPrograms> {
    const parts = Math.min(availableParallelism(), files.length);
    const helpers = Array.from({ length: parts }, (_, part) => {
      return new BccHelper(
        files.filter((_file, i) => i % parts === part),
        isStatic,
      );
    });
    await Promise.all(helpers.map((helper) => helper.answer()));
    return new BccPrograms(helpers);
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

  /** Reads what is in the buffers, too. */
  async detach(file: string): Promise<void> {
    await this.#ask("detach", file);
  }

  async close(): Promise<void> {
    await Promise.all(this.#helpers.map((helper) => helper.close()));
  }

  async #ask(command: string, file: string): Promise<string> {
    const helper = this.#helpers.find(({ files }) => files.includes(file));
    if (helper === undefined) throw new Error(`${file} was not compiled`);
    return await helper.ask(command, basename(file, ".c"));
  }
}

/** bench/in-kernel.py. */
class BccHelper {
  readonly files: readonly string[];
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(files: readonly string[], isStatic: boolean) {
    this.files = files;
    const words = [packageFile("bench", "in-kernel.py"), ...(isStatic ? ["--static"] : []), ...files];
    const child = spawn(pythonWithBcc() ?? "python3", words, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ask(command: string, name: string): Promise<string> {
    this.#child.stdin?.write(`${command} ${name}\n`);
    return await this.answer();
  }

  async answer(): Promise<string> {
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error("bcc ended: what it says is above");
    return value;
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, "close");
  }
}
