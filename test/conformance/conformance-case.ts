import { readFileSync } from "node:fs";
import { BpfError } from "../../src/errors.ts";

/** How a text is looked for in what the tool wrote. The `no_` modes want it absent. */
export type ExpectMode = "line" | "no_line" | "regex" | "no_regex" | "json" | "file";

export interface Expectation {
  readonly mode: ExpectMode;
  /** What is looked for; for json and file the name of the file that `content` comes from. */
  readonly text: string;
  readonly content?: string;
}

/** One case of a suite, as the file has it. Fields that are missing there have their defaults here. */
export interface ConformanceCase {
  readonly suite: string;
  readonly name: string;
  readonly program: string;
  readonly tier: number;
  /** Run as `TOOL -e prog`; one of this and `run` is there. */
  readonly prog?: string;
  /** A shell line in which {{BPFTRACE}} is the tool. */
  readonly run?: string;
  readonly expects: readonly Expectation[];
  readonly before: readonly string[];
  readonly after?: string;
  readonly timeout: number;
  readonly willFail: boolean;
  readonly returnCode?: number;
  readonly env: Readonly<Record<string, string>>;
  /** Shell commands that must succeed. */
  readonly requires: readonly string[];
  /** Answered from the tool's --info. */
  readonly features: readonly string[];
  readonly negFeatures: readonly string[];
  readonly minKernel?: string;
  readonly needs: readonly string[];
  /** What kinds of probes the program has. */
  readonly probes: readonly string[];
}

const DEFAULT_TIMEOUT_S = 5;
const MODES: ReadonlySet<string> = new Set(["line", "no_line", "regex", "no_regex", "json", "file"]);

/** The cases of a file: a JSON array, or one object a line. */
export function readCases(path: string): ConformanceCase[] {
  const text = readFileSync(path, "utf8");
  try {
    const rows: unknown = text.trimStart().startsWith("[")
      ? JSON.parse(text)
      : text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line)]));
    return (rows as Record<string, unknown>[]).map(toCase);
  } catch (cause) {
    throw new BpfError("USAGE", `${path} holds no conformance cases: ${(cause as Error).message}`, { cause });
  }
}

function toCase(row: Record<string, unknown>): ConformanceCase {
  const { suite, name, program = "", tier = 1, prog, run, after, min_kernel, return_code } = row as Row;
  if (typeof suite !== "string" || typeof name !== "string") throw new Error("a case without suite or name");
  if (prog === undefined && run === undefined) throw new Error(`${suite}.${name} has neither prog nor run`);
  const expects = (row.expects ?? []) as Expectation[];
  for (const { mode } of expects)
    if (!MODES.has(mode)) throw new Error(`${suite}.${name} expects by ${mode}`);
  return {
    suite,
    name,
    program,
    tier,
    ...(prog !== undefined && { prog }),
    ...(run !== undefined && { run }),
    expects,
    before: list(row.before),
    ...(after !== undefined && { after }),
    timeout: Number(row.timeout ?? DEFAULT_TIMEOUT_S),
    willFail: row.will_fail === true,
    ...(return_code !== undefined && { returnCode: return_code }),
    env: (row.env ?? {}) as Record<string, string>,
    requires: list(row.requires),
    features: list(row.features),
    negFeatures: list(row.neg_features),
    ...(min_kernel !== undefined && { minKernel: min_kernel }),
    needs: list(row.needs),
    probes: list(row.probes),
  };
}

interface Row {
  readonly suite?: unknown;
  readonly name?: unknown;
  readonly program?: string;
  readonly tier?: number;
  readonly prog?: string;
  readonly run?: string;
  readonly after?: string;
  readonly min_kernel?: string;
  readonly return_code?: number;
}

function list(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
