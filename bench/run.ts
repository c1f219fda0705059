// Ours beside C with libbpf, bcc and bpftrace, in turns within one run: a table of costs and ratios.
//   npm run bench -- [--rounds N] [--only WORDS] [--json FILE] [--docs]
// --only: works whose names have one of the words, separated by commas; --docs: into docs/performance.md
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { inTurns, type Result } from "./contest.ts";
import { describeMachine } from "./machine.ts";
import { findPeers } from "./peers.ts";
import { type Report, writeDocs } from "./report-docs.ts";
import { skippedLines, textTable } from "./report-text.ts";
import { rowsOf } from "./rows.ts";
import { eventWorks } from "./works/events.ts";
import { launchWorks } from "./works/launch.ts";
import { lineWork } from "./works/lines.ts";
import { mapWorks } from "./works/maps.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    json: { type: "string" },
    docs: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const wanted = values.only.split(",");
const tell = (what: string) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${what}` : `${what}\n`);

const before = loadavg()[0] ?? 0;
const peers = await findPeers();
const results: Result[] = [];
try {
  const works = [...launchWorks(peers), ...mapWorks(peers), ...eventWorks(peers), lineWork(peers)];
  for (const work of works) {
    if (!wanted.some((word) => work.name.includes(word))) continue;
    results.push(await inTurns(work, rounds, tell));
  }
} finally {
  peers.close();
}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

const report: Report = {
  machine: [...describeMachine(), ...peers.versions],
  when: `${new Date().toISOString().slice(0, 10)}, load average before: ${before.toFixed(1)}`,
  rounds,
  rows: results.flatMap(rowsOf),
  skipped: skippedLines(results),
};
console.log([...report.machine, report.when, "", textTable(report.rows), ...report.skipped].join("\n"));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
if (values.docs) writeDocs(report);
