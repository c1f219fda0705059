import { readFileSync } from "node:fs";
import { packageFile } from "../../package-root.ts";
import { SourceText } from "../../source/source-text.ts";

/** What the names of its texts begin with. */
export const LIBRARY = "stdlib/";

let known: readonly SourceText[] | undefined;

/** The macros that every script has, in the language itself. */
export function standardLibrary(): readonly SourceText[] {
  const path = packageFile("bpf", "script", "stdlib", "base.bt");
  known ??= [new SourceText(`${LIBRARY}base.bt`, readFileSync(path, "utf8"))];
  return known;
}
