import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Btf } from "../../src/btf/btf.ts";
import type { CorpusKernel } from "./kernel-recording.ts";
import { CORPUS_DIRECTORY, SOURCE_DIRECTORY } from "./places.ts";
import type { ToolRun } from "./tools.ts";

/** A call that a tool makes of BPF, in bcc's words. */
export interface Call {
  readonly call: string;
  readonly arguments: Readonly<Record<string, string | number | boolean | null>>;
}

export interface UsdtProbe {
  readonly pid: number | null;
  readonly path: string | null;
  readonly probe: string;
  readonly fnName: string;
}

/** One text that a tool handed over, and what it did with it. */
export interface ToolText {
  readonly run: ToolRun;
  /** The run's name, with a number for the second and later texts. */
  readonly name: string;
  readonly text: string;
  readonly cflags: readonly string[];
  readonly usdt: readonly UsdtProbe[];
  readonly calls: readonly Call[];
}

export interface Recorded {
  readonly texts: readonly ToolText[];
  /** Runs that gave no text or ended in an error, and why. */
  readonly silent: readonly { readonly name: string; readonly reason: string }[];
}

type Line =
  | { kind: "text"; job: number; number: number; text: string; cflags: string[]; usdt: UsdtProbe[] }
  | ({ kind: "call"; job: number; number: number } & Call)
  | { kind: "end"; job: number; error: string | null }
  | { kind: "done" };

const PYTHON = "/usr/bin/python3";

/** Runs the tools, as they would run on a kernel, and gives their texts. */
export function recordTexts(kernel: CorpusKernel, runs: readonly ToolRun[]): Recorded {
  const { symbols, functions, formats, release } = kernel.recording;
  const facts = {
    release,
    symbols,
    functions,
    tracepoints: Object.keys(formats),
    structs: structs(kernel.facts.btf),
  };
  const jobs = runs.map((run, id) => ({ id, path: run.path, arguments: run.arguments, kfunc: run.kfunc }));
  const input = join(CORPUS_DIRECTORY, `jobs-${kernel.name}.json`);
  writeFileSync(input, JSON.stringify({ facts, jobs }));
  const { stdout, stderr, status } = spawnSync(PYTHON, [join(SOURCE_DIRECTORY, "record-tools.py"), input], {
    cwd: CORPUS_DIRECTORY,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: 900_000,
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  if (status !== 0 || parsed.at(-1)?.kind !== "done") throw new Error(`the recorder failed: ${stderr}`);
  return collect(parsed, runs);
}

function collect(lines: readonly Line[], runs: readonly ToolRun[]): Recorded {
  const texts = new Map<string, ToolText & { calls: Call[] }>();
  const errors = new Map<number, string>(runs.map((_, id) => [id, "ran out of time"]));
  for (const line of lines) {
    if (line.kind === "done") break;
    if (line.kind === "end") {
      if (line.error === null) errors.delete(line.job);
      else errors.set(line.job, line.error);
      continue;
    }
    const key = `${line.job} ${line.number}`;
    const run = runs[line.job] as ToolRun;
    if (line.kind === "text") {
      const { text, cflags, usdt } = line;
      const name = line.number === 0 ? run.name : `${run.name} #${line.number + 1}`;
      texts.set(key, { run, name, text, cflags, usdt, calls: [] });
    } else texts.get(key)?.calls.push({ call: line.call, arguments: line.arguments });
  }
  const silent = runs.flatMap((run, id) => {
    const error = errors.get(id) ?? (texts.has(`${id} 0`) ? undefined : "handed over no text");
    return error === undefined ? [] : [{ name: run.name, reason: error }];
  });
  return { texts: [...texts.values()], silent };
}

/** The fields of each struct, as kernel_struct_has_field is asked for them. */
function structs(btf: Btf): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let id = 1; id < btf.endId; id++) {
    const type = btf.type(id);
    if (type.kind !== "struct" && type.kind !== "union") continue;
    if (type.name !== "") found[type.name] = type.members.map(({ name }) => name);
  }
  return found;
}
