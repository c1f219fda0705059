import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** A directory of a test file's own, with all that is in it until the file's tests have ended. */
export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `bcc-ts-${name}-`));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
