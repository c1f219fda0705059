// Leaves the digest of all that decides how a program is translated, so that cached objects of another build
// are not used. Runs after the TypeScript compiler.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const hash = createHash("sha256");
for (const directory of [
  "bpf/",
  "dist/src/languages/",
  "dist/src/btf/",
  "dist/src/compile/",
  "dist/src/program/",
]) {
  for (const name of readdirSync(root + directory, { recursive: true }).sort()) {
    const path = `${root}${directory}${name}`;
    if (!path.endsWith(".map") && statSync(path).isFile())
      hash.update(`${directory}${name}\n`).update(readFileSync(path));
  }
}
writeFileSync(`${root}dist/build-identity`, hash.digest("hex"));
