import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext } from "node:test";

/** A BPF file system for the tests of one file: machines need not have one mounted. What is pinned in it goes with it. */
export const pinDirectory = mkdtempSync(join(tmpdir(), "bcc-ts-bpffs-"));
let mounted = false;
try {
  execFileSync("mount", ["-t", "bpf", "bpf", pinDirectory], { stdio: "pipe" });
  mounted = true;
} catch {
  // The tests that need it say so.
}

after(() => {
  if (mounted) execFileSync("umount", [pinDirectory]);
  rmdirSync(pinDirectory);
});

export function needsBpfFileSystem(t: TestContext): boolean {
  if (!mounted) t.skip("no BPF file system can be mounted here");
  return mounted;
}
