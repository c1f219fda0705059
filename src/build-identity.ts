import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "./package-root.ts";

let known: string | undefined;

/**
 * Changes whenever this installation may translate a text differently: the digest that the build leaves beside
 * the compiled files. A build without one (tsc by hand) is told by the times of its files.
 */
export function buildIdentity(): string {
  if (known === undefined) {
    try {
      known = readFileSync(packageFile("dist", "build-identity"), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      known = identityFromTimes();
    }
  }
  return known;
}

function identityFromTimes(): string {
  const hash = createHash("sha256");
  for (const directory of ["bpf", "dist/src"]) {
    const root = packageFile(directory);
    for (const name of readdirSync(root, { recursive: true }) as string[]) {
      const status = statSync(join(root, name));
      if (status.isFile()) hash.update(`${name} ${status.size} ${status.mtimeMs}\n`);
    }
  }
  return hash.digest("hex");
}
