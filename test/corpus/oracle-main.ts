/**
 * Compares what is made of bcc's own programs with what real bcc makes of them: the reads, the tables, the verdict.
 *
 *   npm run corpus:oracle -- [--kernel 6.1] [--tool opensnoop]... [--first]
 */
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { compareWithOracle, type Difference, unexplained } from "./compare-oracle.ts";
import { corpusKernel } from "./kernel-recording.ts";
import { askOracle } from "./oracle.ts";
import { CORPUS_DIRECTORY } from "./places.ts";
import { recordTexts, type ToolText } from "./record-texts.ts";
import { toolRuns } from "./tools.ts";

const { values } = parseArgs({
  options: {
    kernel: { type: "string", default: "6.1" },
    tool: { type: "string", multiple: true },
    first: { type: "boolean", default: false },
  },
});

mkdirSync(CORPUS_DIRECTORY, { recursive: true });
const kernel = corpusKernel(values.kernel);
const runs = toolRuns().filter(({ tool }) => values.tool === undefined || values.tool.includes(tool));
const recorded = recordTexts(kernel, runs).texts;
const tools = new Set<string>();
const isFirst = ({ run: { tool } }: ToolText) => !tools.has(tool) && tools.add(tool) !== undefined;
/** With --first one text of each tool: real bcc takes seconds for each. */
const texts = values.first ? recorded.filter(isFirst) : recorded;
const verdicts = await askOracle(kernel, texts);
if (verdicts === null) {
  console.error(
    `the headers of ${kernel.facts.release} are not installed: apt-get install linux-headers-amd64`,
  );
  process.exit(1);
}
const differences: Difference[] = [];
let compared = 0;
for (const [i, text] of texts.entries()) {
  const verdict = verdicts[i];
  if (verdict === undefined) {
    differences.push({ tool: text.run.tool, what: "verdict: bcc did not come to an end" });
    continue;
  }
  compared++;
  differences.push(...(await compareWithOracle(text, verdict, kernel)));
}
const lines = unexplained(differences, values.tool === undefined && !values.first);
for (const line of lines) console.log(`✖ ${line}`);
console.log(`${compared} texts compared, ${differences.length} differences, ${lines.length} not explained`);
process.exitCode = lines.length === 0 ? 0 : 1;
