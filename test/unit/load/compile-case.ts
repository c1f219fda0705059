import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../../src/package-root.ts";
import { SourceText } from "../../../src/source/source-text.ts";
import { compileOnce } from "../../compile-once.ts";

export const CASES = packageFile("test", "cases", "verifier");

/** A case of test/cases/verifier: its C and the object that clang makes of it. */
export interface CompiledCase {
  readonly source: SourceText;
  readonly object: Uint8Array;
}

const compiled = new Map<string, CompiledCase>();

export function compileCase(name: string): CompiledCase {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const source = new SourceText(`${name}.c`, readFileSync(join(CASES, `${name}.c`), "utf8"));
  const made = { source, object: compileOnce({ directory: CASES, files: [`${name}.c`, "prelude.h"] }) };
  compiled.set(name, made);
  return made;
}
