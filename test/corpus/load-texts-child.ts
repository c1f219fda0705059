// Loads texts and attaches their programs as bcc's tools do, in the kernel that runs here. Reads the texts from a
// file, appends a line to another for each, and stops in time for its guest to end well.
import { appendFileSync, readFileSync } from "node:fs";
import type { Bpf } from "../../src/bpf.ts";
import { load } from "../../src/load.ts";
import { attachAs } from "./attach-as.ts";
import { loadModules } from "./load-modules.ts";
import type { Loaded, LoadJob } from "./load-texts.ts";
import { madeUsdt } from "./made-usdt.ts";
import { reasonOf } from "./reason.ts";

const [input = "", output = "", seconds = "200", modules] = process.argv.slice(2);
loadModules(modules);
const jobs = JSON.parse(readFileSync(input, "utf8")) as LoadJob[];
const end = Date.now() + Number(seconds) * 1000;

for (const job of jobs) {
  if (Date.now() > end) break;
  appendFileSync(output, `${JSON.stringify(await loadJob(job))}\n`);
}
process.exit(0);

async function loadJob({ key, text, cflags, calls, usdt }: LoadJob): Promise<Loaded> {
  let bpf: Bpf;
  try {
    bpf = await load(text, {
      name: "corpus.c",
      cflags,
      attach: false,
      onLost: () => {},
      usdtContexts: madeUsdt(usdt),
    });
  } catch (error) {
    return { key, loadError: reasonOf(error), attachErrors: [] };
  }
  try {
    return { key, attachErrors: attachAs(bpf, calls) };
  } finally {
    bpf.close();
  }
}
