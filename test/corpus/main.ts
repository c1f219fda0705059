/**
 * Runs bcc's own programs: records the texts of Debian's bpfcc-tools, compiles each for each kernel, loads and
 * attaches them in the guests, and compares with what is expected.
 *
 *   npm run corpus -- [--kernel 6.1]... [--tool opensnoop]... [--no-load] [--update]
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compileTexts } from "./compile-texts.ts";
import { corpusKernel } from "./kernel-recording.ts";
import { loadTexts } from "./load-texts.ts";
import { CORPUS_DIRECTORY } from "./places.ts";
import { recordTexts } from "./record-texts.ts";
import { toolRuns } from "./tools.ts";

const { values } = parseArgs({
  options: {
    kernel: { type: "string", multiple: true },
    tool: { type: "string", multiple: true },
    "no-load": { type: "boolean" },
    update: { type: "boolean" },
  },
});

if (!existsSync("/usr/sbin/opensnoop-bpfcc") || !existsSync("/usr/lib/python3/dist-packages/bcc")) {
  console.error("bcc's tools are not installed: apt-get install bpfcc-tools");
  process.exit(1);
}
mkdirSync(CORPUS_DIRECTORY, { recursive: true });
const runs = toolRuns().filter(({ tool }) => values.tool === undefined || values.tool.includes(tool));
for (const name of values.kernel ?? ["6.1", "6.12", "6.18"]) {
  const kernel = corpusKernel(name);
  const { texts, silent } = recordTexts(kernel, runs);
  for (const { name: run, reason } of silent) console.log(`${name} ${run}: ${reason}`);
  console.log(`${name}: ${texts.length} texts of ${runs.length} runs`);
  writeFileSync(join(CORPUS_DIRECTORY, `texts-${name}.json`), JSON.stringify(texts, null, 1));
  const compiled = await compileTexts(texts, kernel.facts, ({ text, error }) => {
    if (error !== undefined) console.log(`✖ ${name} ${text.name}: ${error}`);
  });
  const good = compiled.filter(({ built }) => built !== undefined);
  console.log(`${name}: ${good.length} of ${compiled.length} compile`);
  if (values["no-load"]) continue;
  const loaded = await loadTexts(
    kernel,
    good.map(({ text }) => text),
  );
  for (const [i, { loadError, attachErrors }] of loaded.entries()) {
    const text = good[i]?.text.name ?? "";
    if (loadError !== undefined) console.log(`✖ ${name} ${text}: load: ${loadError}`);
    for (const error of attachErrors) console.log(`✖ ${name} ${text}: attach: ${error}`);
  }
}
