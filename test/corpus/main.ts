/**
 * Runs bcc's own programs: records the texts of Debian's bpfcc-tools, compiles each for each kernel, loads and
 * attaches them in the guests, and compares with what is expected.
 *
 *   npm run corpus -- [--kernel 6.1]... [--tool opensnoop]... [--no-load] [--update] [--resume] [--boots 1]
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compileTexts } from "./compile-texts.ts";
import { corpusKernel } from "./kernel-recording.ts";
import { loadTexts } from "./load-texts.ts";
import { CORPUS_DIRECTORY } from "./places.ts";
import { recordTexts } from "./record-texts.ts";
import { expectedOf, type Result, readExpected, resultsOf, surprises, writeExpected } from "./results.ts";
import { type ToolRun, toolRuns } from "./tools.ts";
import { writeReport } from "./write-report.ts";

const { values } = parseArgs({
  options: {
    kernel: { type: "string", multiple: true, default: ["6.1", "6.12", "6.18"] },
    tool: { type: "string", multiple: true },
    "no-load": { type: "boolean" },
    update: { type: "boolean" },
    resume: { type: "boolean", default: false },
    boots: { type: "string", default: "20" },
  },
});

if (!existsSync("/usr/sbin/opensnoop-bpfcc") || !existsSync("/usr/lib/python3/dist-packages/bcc")) {
  console.error("bcc's tools are not installed: apt-get install bpfcc-tools");
  process.exit(1);
}
mkdirSync(CORPUS_DIRECTORY, { recursive: true });
const runs = toolRuns().filter(({ tool }) => values.tool === undefined || values.tool.includes(tool));
const results = new Map<string, Result[]>();
for (const name of values.kernel) results.set(name, await tryAll(name, runs));
if (values.update) update();
else compare();

async function tryAll(name: string, of: readonly ToolRun[]): Promise<Result[]> {
  const kernel = corpusKernel(name);
  // The user's own cache keeps as many objects as one kernel's texts are.
  process.env.BCC_TS_CACHE = join(CORPUS_DIRECTORY, `cache-${name}`);
  const { texts, silent } = recordTexts(kernel, of);
  for (const { name: run, reason } of silent)
    console.log(`${name} ${run}: no text, or not to its end: ${reason}`);
  writeFileSync(join(CORPUS_DIRECTORY, `texts-${name}.json`), JSON.stringify(texts, null, 1));
  console.log(`${name}: ${texts.length} texts of ${of.length} runs`);
  const compiled = await compileTexts(texts, kernel.facts);
  const good = compiled.flatMap(({ text, built }) => (built === undefined ? [] : [text]));
  console.log(`${name}: ${good.length} of ${compiled.length} compile`);
  const loaded = values["no-load"]
    ? undefined
    : await loadTexts(kernel, good, { boots: Number(values.boots), resume: values.resume });
  const found = resultsOf(compiled, loaded, kernel);
  const attached = found.filter(({ stage }) => stage === "attached");
  console.log(`${name}: ${attached.length} of ${found.length} come to the end`);
  return found;
}

function update(): void {
  const whole = values.tool === undefined && !values["no-load"];
  if (!whole) throw new Error("only a whole run can be written down");
  const expected = existsSync(join(CORPUS_DIRECTORY, "..", "..", "test", "corpus", "expected.json"))
    ? readExpected()
    : {};
  for (const [name, found] of results) expected[name] = expectedOf(found);
  writeExpected(expected);
  writeReport(results);
}

function compare(): void {
  const expected = readExpected();
  for (const [name, found] of results) {
    const lines = surprises(found, expected[name], values.tool === undefined);
    for (const line of lines) console.log(`✖ ${name} ${line}`);
    if (lines.length > 0) process.exitCode = 1;
  }
  if (process.exitCode !== 1) console.log("all as expected");
}
