import { readFileSync } from "node:fs";
import { SourceText } from "../../source/source-text.ts";
import type { Stdio } from "../stdio.ts";
import { UsageError } from "./usage-error.ts";
import type { OneLinerOptions } from "./words.ts";

/** The name of a text that is in no file. */
const NO_FILE = "stdin";

/** The text of the last -e, of a file, or of stdin. */
export async function readProgram(
  { programs, file }: OneLinerOptions,
  { stdin }: Stdio,
): Promise<SourceText> {
  const last = programs.at(-1);
  if (last !== undefined) return new SourceText(NO_FILE, last);
  if (file === undefined || file === "-") {
    const { text } = process.getBuiltinModule("node:stream/consumers"); // Loaded for this alone.
    return new SourceText(NO_FILE, await text(stdin));
  }
  try {
    return new SourceText(file, readFileSync(file, "utf8"));
  } catch (cause) {
    throw new UsageError(`failed to open file '${file}': ${(cause as NodeJS.ErrnoException).code ?? cause}`);
  }
}
