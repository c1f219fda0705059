// `npm run compare:bcc`: in a guest of Linux 6.1, real bcc's tools and those of examples/tools trace the same
// activity, and what they print is compared. Words choose tools. Needs Debian's bpfcc-tools and the headers of the
// guest's kernel.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { runInGuest } from "../../src/cli/run-in-guest.ts";
import { packageFile } from "../../src/package-root.ts";
import { makeCertificate } from "./make-certificate.ts";

const KERNEL = "6.1";
const release = readFileSync(packageFile("vendor", "kernels", KERNEL, "release"), "utf8").trim();
const NEEDED = [
  ["/usr/sbin/opensnoop-bpfcc", "apt-get install bpfcc-tools"],
  [`/lib/modules/${release}/build`, `apt-get install linux-headers-${release}`],
  ["/usr/bin/openssl", "apt-get install openssl"],
] as const;
const missing = NEEDED.filter(([path]) => !existsSync(path));
for (const [path, remedy] of missing) console.error(`${path} is missing: ${remedy}`);
process.exitCode = missing.length > 0 ? 1 : await compare(process.argv.slice(2));

async function compare(tools: readonly string[]): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-compare-"));
  try {
    makeCertificate(directory);
    process.env.BCC_TS_TEST_PATIENCE_MS = "600000"; // bcc compiles under emulation.
    const inGuest = fileURLToPath(new URL("in-guest.js", import.meta.url));
    return await runInGuest(
      [process.execPath, inGuest, directory, ...tools],
      { kernel: KERNEL, timeout: 3600, cpus: 2, memory: 4096 },
      { stdin: Readable.from([]), stdout: process.stdout, stderr: process.stderr },
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}
