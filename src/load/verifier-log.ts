/** What a log of the kernel's verifier says about a refusal. */
export interface VerifierLog {
  /** The line that says why, as the kernel wrote it; undefined when the log has none. */
  readonly reason: string | undefined;
  /** The instruction that was refused. */
  readonly instruction: number | undefined;
  /** The instruction where what went wrong began: the allocation of a reference that is not released. */
  readonly origin: number | undefined;
  /** The source line that the log itself names for the instruction. */
  readonly place: LogPlace | undefined;
}

/** `file` and `line` are told by Linux 6.9 and later only. */
export interface LogPlace {
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

const INSTRUCTION = /^(\d+): \([0-9a-f]{2}\)/;
const SOURCE_LINE = /^; (.*?)(?: @ ([^@]+):(\d+))?$/;
const STATISTICS =
  /^(processed \d+ insns|verification time|stack depth|max_states|peak_states|mark_precise|propagating|last_idx|parent )/;
/** States of registers and of the stack: "R1=ctx() R10=fp0", "from 3 to 7: R0=…", "5: R0=…". */
const STATE =
  /^(?:\d+: )?(?:from \d+ to \d+: |from \d+ to \d+ \()?\s*(?:safe$|R\d+(?:_\w+)?=|frame\d+: |fp-?\d+|caller:|callee:|(?:cur|old) state:|Func#|returning from|;|\()/;
/** What follows a reason and explains it less well than the reason does. */
const AFTERWORD =
  /^(arg#\d+ reference type|reg type unsupported for|R\d+ m(?:in|ax) value is outside|BPF_EXIT instruction in main prog|Caller passes|Live regs)/;
const NAMED_INSTRUCTION = /\b(?:insn|at insn|from insn) (\d+)\b/;
const ORIGIN = /\balloc_insn=(\d+)/;

/** Reads a log: the reason is its last line that is neither an instruction, nor a state, nor a statistic. */
export function parseVerifierLog(log: string): VerifierLog {
  const lines = log.split("\n").map((line) => line.trimEnd());
  const at = findReason(lines);
  const reason = at < 0 ? undefined : lines[at];
  const named = NAMED_INSTRUCTION.exec(reason ?? "")?.[1];
  const origin = ORIGIN.exec(reason ?? "")?.[1];
  const upTo = at < 0 ? lines.length : at;
  const last = lastInstruction(lines, upTo);
  const instruction = named === undefined ? last?.number : Number(named);
  const wanted = origin === undefined ? instruction : Number(origin);
  const lineAt = wanted === last?.number ? last?.at : findInstruction(lines, wanted);
  return {
    reason,
    instruction,
    origin: origin === undefined ? undefined : Number(origin),
    place: lineAt === undefined ? undefined : placeBefore(lines, lineAt),
  };
}

function findReason(lines: readonly string[]): number {
  let fallback = -1;
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? "";
    if (!isReason(line)) {
      // Once instructions are reached, an afterword was all that there was.
      if (fallback >= 0 && INSTRUCTION.test(line)) return fallback;
      continue;
    }
    if (!AFTERWORD.test(line)) return at;
    if (fallback < 0) fallback = at;
  }
  return fallback;
}

function isReason(line: string): boolean {
  return line !== "" && !INSTRUCTION.test(line) && !STATISTICS.test(line) && !STATE.test(line);
}

function lastInstruction(
  lines: readonly string[],
  end: number,
): { readonly number: number; readonly at: number } | undefined {
  for (let at = end - 1; at >= 0; at--) {
    const match = INSTRUCTION.exec(lines[at] ?? "");
    if (match !== null) return { number: Number(match[1]), at };
  }
  return undefined;
}

function findInstruction(lines: readonly string[], number: number | undefined): number | undefined {
  if (number === undefined) return undefined;
  const at = lines.findIndex((line) => line.startsWith(`${number}: (`));
  return at < 0 ? undefined : at;
}

/** The source line that stands before an instruction; it also holds for the instructions that follow. */
function placeBefore(lines: readonly string[], at: number): LogPlace | undefined {
  for (let i = at - 1; i >= 0; i--) {
    const match = SOURCE_LINE.exec(lines[i] ?? "");
    if (match === null) continue;
    const [, text = "", file, line] = match;
    return file === undefined ? { text } : { text, file, line: Number(line) };
  }
  return undefined;
}
