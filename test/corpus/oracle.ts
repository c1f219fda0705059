import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { CorpusKernel } from "./kernel-recording.ts";
import { CORPUS_DIRECTORY, SOURCE_DIRECTORY } from "./places.ts";
import type { ToolText } from "./record-texts.ts";

export interface OracleTable {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
}

/** What real bcc made of a text. */
export interface Verdict {
  readonly key: string;
  readonly accepted: boolean;
  /** What it said and, where it accepted the text, what it made of it. */
  readonly text: string;
  readonly tables: readonly OracleTable[];
}

const HEADERS = "/usr/src";
const AT_ONCE = 2;

/** What real bcc makes of each text, with the headers of the kernel. Asked once for each text; null: no headers. */
export async function askOracle(
  kernel: CorpusKernel,
  texts: readonly ToolText[],
): Promise<(Verdict | undefined)[] | null> {
  const headers = headersOf(kernel.facts.release);
  if (headers === undefined) return null;
  const answers = join(CORPUS_DIRECTORY, `oracle-${kernel.name}.ndjson`);
  const known = readVerdicts(answers);
  const keys = texts.map(keyOf);
  const missing = new Map(texts.map((text, i) => [keys[i] as string, text] as const));
  for (const key of known.keys()) missing.delete(key);
  const jobs = [...missing].map(([key, { text, cflags }]) => ({ key, text, cflags }));
  const events = writeFormats(kernel);
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, part) => {
      const own = jobs.filter((_job, i) => i % AT_ONCE === part);
      const { versionCode } = kernel.facts;
      const input = join(CORPUS_DIRECTORY, `oracle-jobs-${kernel.name}-${part}.json`);
      writeFileSync(input, JSON.stringify({ versionCode, headers, events, jobs: own }));
      return own.length === 0 ? undefined : run(input, answers);
    }),
  );
  const all = readVerdicts(answers);
  return keys.map((key) => all.get(key));
}

function keyOf({ text, cflags }: ToolText): string {
  return createHash("sha256")
    .update(JSON.stringify([text, cflags]))
    .digest("hex");
}

/** [build, source], as Debian installs them. */
function headersOf(release: string): [string, string] | undefined {
  const build = join(HEADERS, `linux-headers-${release}`);
  const source = join(HEADERS, `linux-headers-${release.replace(/-\w+$/, "-common")}`);
  return existsSync(build) && existsSync(source) ? [build, source] : undefined;
}

/** A directory that looks like the kernel's tracefs, as far as formats go. */
function writeFormats({ name, recording }: CorpusKernel): string {
  const root = join(CORPUS_DIRECTORY, `tracing-${name}`);
  if (existsSync(root) && readdirSync(root).length > 0) return root;
  for (const [event, format] of Object.entries(recording.formats)) {
    const directory = join(root, "events", ...event.split(":"));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "format"), format);
  }
  return root;
}

async function run(input: string, answers: string): Promise<void> {
  const child = spawn("/usr/bin/python3", [join(SOURCE_DIRECTORY, "oracle.py"), input], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    timeout: 1_800_000,
  });
  for await (const line of createInterface({ input: child.stdout })) await appendFile(answers, `${line}\n`);
}

function readVerdicts(path: string): Map<string, Verdict> {
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "utf8").split("\n");
  const verdicts = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Verdict);
  return new Map(verdicts.map((verdict) => [verdict.key, verdict]));
}
