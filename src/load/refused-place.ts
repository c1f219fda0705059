import { type LineInfo, readLineInfo } from "../btf/btf-ext.ts";
import { BpfError } from "../errors.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import type { LoadOptions, ObjectPlace, UserPlace } from "./load-options.ts";
import { objectFunctions } from "./object-functions.ts";
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

/** The part of the user's text that a place of the object is. */
export function userPlace(place: ObjectPlace, options: LoadOptions): UserPlace | undefined {
  const { describe, source } = options;
  const described = describe?.(place);
  if (described !== undefined) return described;
  if (source === undefined || place.line < 1 || place.line > source.lineCount) return undefined;
  if (place.file !== source.name && !place.file.endsWith(`/${source.name}`)) return undefined;
  const text = source.line(place.line);
  const indent = text.length - text.trimStart().length;
  const start = source.offset(place.line, Math.max(place.column, indent + 1));
  const end = source.offset(place.line, 1) + text.trimEnd().length;
  return { source, span: { start, end: Math.max(end, start) } };
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
  const own = before.findLast((line) => file !== undefined && sameFile(line.file, file));
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
      (place.line === undefined || (line.line === place.line && sameFile(line.file, place.file ?? ""))),
  );
  const [first] = same;
  return same.every((line) => line.line === first?.line && line.file === first.file) ? first : undefined;
}

function sameFile(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}

function pick({ file, line, column, text }: LineInfo): Omit<ObjectPlace, "program"> {
  return { file, line, column, text };
}
