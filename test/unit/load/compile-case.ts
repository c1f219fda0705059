import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SourceText } from "../../../src/source/source-text.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
export const CASES = join(ROOT, "test/cases/verifier");
const CLANG = join(ROOT, "node_modules/clang-linux-x64/clang");

/** A case of test/cases/verifier: its C and the object that clang makes of it. */
export interface CompiledCase {
  readonly source: SourceText;
  readonly object: Uint8Array;
}

const compiled = new Map<string, CompiledCase>();

export function compileCase(name: string): CompiledCase {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-case-"));
  const output = join(directory, "object.o");
  const flags = ["-target", "bpf", "-O2", "-g", "-Wno-unused", "-c", `${name}.c`, "-o", output];
  execFileSync(CLANG, flags, { cwd: CASES, stdio: ["ignore", "ignore", "inherit"] });
  const source = new SourceText(`${name}.c`, readFileSync(join(CASES, `${name}.c`), "utf8"));
  const made = { source, object: readFileSync(output) };
  rmSync(directory, { recursive: true });
  compiled.set(name, made);
  return made;
}
