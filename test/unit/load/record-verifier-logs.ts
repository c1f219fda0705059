// Writes test/cases/verifier/NAME.VERSION.log: what the verifier of the running kernel says to each case.
// Run as root, on each kernel whose words the tests are to know; the guest kernels by `bcc-ts run --vm`.
import { readdirSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { loadObject } from "../../../src/load/load-object.ts";
import { VerifierError } from "../../../src/load/verifier-error.ts";
import { CASES, compileCase } from "./compile-case.ts";

const MOST_LINES = 60;
/** The cases to record; all unless told. */
const wanted = process.argv.slice(2);
const version = /^\d+\.\d+/.exec(release())?.[0];

for (const file of readdirSync(CASES).filter((name) => name.endsWith(".c"))) {
  const name = file.slice(0, -2);
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { object } = compileCase(name);
  try {
    loadObject(object, { name }).close();
    process.stdout.write(`${name}: loads on ${version}\n`);
  } catch (error) {
    if (!(error instanceof VerifierError)) throw error;
    const lines = error.log.split("\n");
    const kept = lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines;
    const text = kept.join("\n").replace(/0xffff[0-9a-f]{12}/g, "0xffff000000000000");
    writeFileSync(join(CASES, `${name}.${version}.log`), text);
  }
}
