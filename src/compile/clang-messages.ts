import type { Diagnostic, Severity } from "../source/diagnostic.ts";
import type { SourceText, Span } from "../source/source-text.ts";

interface Message {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: string;
  readonly text: string;
}

/** A diagnostic whose place and notes may still come in the lines after it. */
type Collected = Omit<Diagnostic, "span" | "notes"> & { span: Span; notes: Diagnostic[] };

const MESSAGE = /^(.*?):(\d+):(\d+): (?:fatal )?(error|warning|note): (.*)$/;

/**
 * Clang's messages as diagnostics of the user's text. A message about a place that is not the user's (the
 * inside of a table macro, say) becomes a diagnostic of the place that its notes name, or of the text's begin.
 */
export function readMessages(messages: string, source: SourceText): Diagnostic[] {
  const diagnostics: Collected[] = [];
  for (const line of messages.split("\n")) {
    const message = parseMessage(line);
    if (message === undefined) continue;
    const own = message.file === source.name;
    const last = diagnostics.at(-1);
    if (message.severity === "note") {
      if (last === undefined || !own) continue;
      if (ORIGIN.test(message.text)) moveToOrigin(last, message.text, source);
      else if (isElsewhere(last)) last.span = spanAt(source, message);
      else if (!/^expanded from macro/.test(message.text))
        last.notes.push(diagnostic(source, message, "note"));
    } else {
      const severity = message.severity as Severity;
      const made = { ...diagnostic(source, message, severity), notes: [] };
      diagnostics.push(own ? made : { ...made, span: ELSEWHERE });
    }
  }
  return diagnostics.filter((d) => d.severity === "error" || !isElsewhere(d));
}

/** A place of the text that is compiled, whose lines, but not columns, are the user's. */
const ORIGIN = /^could not determine the original source location for (.*):(\d+):\d+$/;

/** Messages of code generation stand at a function's begin; notes say which line they are about. */
function moveToOrigin(diagnostic: Collected, note: string, source: SourceText): void {
  const [, file, line] = ORIGIN.exec(note) ?? [];
  const row = Number(line);
  if (file !== source.name || row < 1 || row > source.lineCount) return;
  const text = source.line(row);
  const start = source.offset(row, 1) + text.length - text.trimStart().length;
  diagnostic.span = { start, end: Math.max(start, source.offset(row, 1) + text.trimEnd().length) };
}

const ELSEWHERE = { start: 0, end: 0 };

function isElsewhere(diagnostic: Collected): boolean {
  return diagnostic.span === ELSEWHERE;
}

function parseMessage(line: string): Message | undefined {
  const match = MESSAGE.exec(line);
  if (match === null) return undefined;
  const [, file = "", row, column, severity = "", text = ""] = match;
  return { file, line: Number(row), column: Number(column), severity, text };
}

function diagnostic(source: SourceText, message: Message, severity: Severity): Diagnostic {
  const flag = /^(.*) \[(-W[\w-]+)[^\]]*\]$/.exec(message.text);
  const text = flag?.[1] ?? message.text;
  return { severity, code: flag?.[2] ?? "CLANG", message: text, source, span: spanAt(source, message) };
}

function spanAt(source: SourceText, message: Message) {
  const start = source.offset(message.line, columnOf(source.line(message.line), message.column));
  const word = /^(?:\w+|"(?:\\.|[^"\\\n])*"|.)/.exec(source.text.slice(start, start + 200))?.[0] ?? "";
  return { start, end: start + word.length };
}

/** Clang counts bytes of UTF-8; an editor counts characters. */
function columnOf(line: string, byteColumn: number): number {
  const bytes = Buffer.from(line);
  return bytes.length === line.length ? byteColumn : bytes.subarray(0, byteColumn - 1).toString().length + 1;
}
