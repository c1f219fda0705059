import { type LineInfo, readLineInfo } from "../btf/btf-ext.ts";
import { BpfError } from "../errors.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import type { ObjectPlace, UserPlace } from "./load-options.ts";
import { objectFunctions } from "./object-functions.ts";
import { isFile } from "./user-place.ts";
import type { VerifierLog } from "./verifier-log.ts";

/**
 * The source line that a refusal is about. The object's own line information goes first, because it has
 * the column and every kernel can use it; the log knows better only about functions that were linked in.
 */
export function findRefusedPlace(
  object: Uint8Array,
  program: string,
  log: VerifierLog,
  file: string | undefined,
): ObjectPlace | undefined {
  try {
    const lines = readLineInfo(object);
    const found = byInstruction(object, lines, program, log, file) ?? byText(lines, log);
    return found === undefined ? undefined : { program, ...pick(found) };
  } catch (error) {
    // A damaged object must not hide the refusal that it would have explained.
    if (error instanceof BpfError) return undefined;
    throw error;
  }
}

/** The diagnostic of a refusal at the user's line. */
export function refusalDiagnostic(at: UserPlace, message: string, hint: string | undefined): Diagnostic {
  return { severity: "error", code: "VERIFIER", message, hint, ...at };
}

function byInstruction(
  object: Uint8Array,
  lines: ReadonlyMap<string, readonly LineInfo[]>,
  program: string,
  log: VerifierLog,
  file: string | undefined,
): LineInfo | undefined {
  const instruction = log.origin ?? log.instruction;
  const owner = objectFunctions(object).get(program);
  // Behind the program's own instructions come those of the functions that it calls.
  if (owner === undefined || instruction === undefined || instruction >= owner.length) return undefined;
  const at = owner.start + instruction;
  const before = (lines.get(owner.section) ?? []).filter(
    (line) => line.instruction >= owner.start && line.instruction <= at && line.line > 0,
  );
  // Code from a header was written by the user where he used it: the last line of his own before it.
  const own = before.findLast((line) => file !== undefined && isFile(line.file, file));
  return own ?? before.at(-1);
}

function byText(
  lines: ReadonlyMap<string, readonly LineInfo[]>,
  { place }: VerifierLog,
): LineInfo | undefined {
  if (place === undefined || place.text === "") return undefined;
  const all = [...lines.values()].flat();
  const same = all.filter(
    (line) =>
      line.text.trim() === place.text.trim() &&
      (place.line === undefined || (line.line === place.line && isFile(line.file, place.file ?? ""))),
  );
  const [first] = same;
  return same.every((line) => line.line === first?.line && line.file === first.file) ? first : undefined;
}

function pick({ file, line, column, text }: LineInfo): Omit<ObjectPlace, "program"> {
  return { file, line, column, text };
}
