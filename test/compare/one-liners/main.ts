// `npm run compare:bpftrace`: bpftrace and ours run the same programs on the same activity, in guests of Linux 6.1 and
// 6.12, and what they print is compared. Words choose programs; --kernel VERSION chooses one guest, --here this machine.
// The scripts of the bpftrace package are compared, too; --only programs and --only tools choose.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runInGuest } from "../../../src/cli/run-in-guest.ts";
import { makeCertificate } from "../make-certificate.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kernel: { type: "string", multiple: true, default: ["6.1", "6.12"] },
    here: { type: "boolean", default: false },
    only: { type: "string", default: "all" },
  },
});

if (!existsSync("/usr/bin/bpftrace")) {
  console.error("/usr/bin/bpftrace is missing: apt-get install bpftrace");
  process.exitCode = 1;
} else await compare();

async function compare(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-compare-"));
  const script = fileURLToPath(new URL("in-guest.js", import.meta.url));
  const command = [process.execPath, script, directory, values.only, ...positionals];
  try {
    makeCertificate(directory);
    if (values.here) {
      process.exitCode = spawnSync(command[0] ?? "", command.slice(1), { stdio: "inherit" }).status ?? 1;
      return;
    }
    process.env.BCC_TS_TEST_PATIENCE_MS = "120000"; // bpftrace starts slowly under emulation.
    for (const kernel of values.kernel) {
      const options = { kernel, timeout: 3600, cpus: 2, memory: 2048 };
      const status = await runInGuest(command, options, {
        stdin: Readable.from([]),
        stdout: process.stdout,
        stderr: process.stderr,
      });
      process.exitCode = Math.max(Number(process.exitCode ?? 0), status);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
