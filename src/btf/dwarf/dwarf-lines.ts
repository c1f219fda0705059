import { DwarfCursor } from "./dwarf-cursor.ts";
import { readForm, type UnitFormat } from "./dwarf-forms.ts";
import { type LineRow, runLineProgram } from "./line-program.ts";

/** The sections that line tables lie in; those that a file has not are empty. */
export interface LineSections {
  readonly lines: Uint8Array;
  readonly texts: Uint8Array;
  readonly lineTexts: Uint8Array;
}

const PATH = 1;
const DIRECTORY = 2;

/**
 * The statements of the source files whose path ends in a name, in the order of the tables (DWARF 2 to 5). Throws
 * RangeError where the tables are damaged.
 */
export function* statementsOf(sections: LineSections, file: string): Iterable<LineRow> {
  const cursor = new DwarfCursor(sections.lines);
  while (cursor.at < sections.lines.length) {
    const { offsetSize, end } = cursor.unitSize();
    const version = cursor.unsigned(2);
    if (version >= 2 && version <= 5)
      yield* statementsOfUnit(cursor, end, { version, offsetSize }, sections, file);
    cursor.at = end;
  }
}

function* statementsOfUnit(
  cursor: DwarfCursor,
  end: number,
  { version, offsetSize }: Pick<UnitFormat, "version" | "offsetSize">,
  sections: LineSections,
  file: string,
): Iterable<LineRow> {
  if (version >= 5) cursor.at += 2; // Sizes of addresses and of segments.
  const headerLength = cursor.unsigned(offsetSize);
  const program = cursor.at + headerLength;
  const minimumLength = cursor.unsigned(1);
  if (version >= 4) cursor.at++; // Operations in an instruction: machines with several are none of ours.
  const beginsStatement = cursor.unsigned(1) !== 0;
  const lineBase = (cursor.unsigned(1) << 24) >> 24;
  const lineRange = cursor.unsigned(1);
  if (lineRange === 0) throw new RangeError("a line table has no range");
  const operands = Array.from({ length: cursor.unsigned(1) - 1 }, () => cursor.unsigned(1));
  const format: UnitFormat = {
    ...sections,
    version,
    offsetSize,
    start: 0,
    addressSize: 8,
    indexedText: () => "",
  };
  const paths = version >= 5 ? filesOf5(cursor, format) : filesOf2(cursor);
  const wanted = new Set([...paths].filter(([, path]) => isPath(path, file)).map(([index]) => index));
  if (wanted.size === 0) return;
  cursor.at = program;
  const header = { minimumLength, beginsStatement, lineBase, lineRange, operands };
  yield* runLineProgram(cursor, end, header, wanted);
}

function isPath(path: string, wanted: string): boolean {
  return path === wanted || path.endsWith(`/${wanted.replace(/^(?:\.\/)+/, "")}`);
}

/** Before DWARF 5 files count from one; directory 0 is where the compiler ran, which only the unit's entry tells. */
function filesOf2(cursor: DwarfCursor): Map<number, string> {
  const directories = ["."];
  for (let name = cursor.text(); name !== ""; name = cursor.text()) directories.push(name);
  const files = new Map<number, string>();
  for (let name = cursor.text(); name !== ""; name = cursor.text()) {
    const directory = directories[cursor.uleb()] ?? ".";
    cursor.uleb();
    cursor.uleb();
    files.set(files.size + 1, joined(directory, name));
  }
  return files;
}

function filesOf5(cursor: DwarfCursor, format: UnitFormat): Map<number, string> {
  const directories = entriesOf5(cursor, format).map(({ name }) => name);
  const top = directories[0] ?? ".";
  return new Map(
    entriesOf5(cursor, format).map(({ name, directory }, index) => [
      index,
      joined(top, joined(directories[directory] ?? ".", name)),
    ]),
  );
}

function entriesOf5(cursor: DwarfCursor, format: UnitFormat): { name: string; directory: number }[] {
  const forms = Array.from({ length: cursor.unsigned(1) }, () => [cursor.uleb(), cursor.uleb()] as const);
  const count = cursor.uleb();
  if (count > cursor.bytes.length) throw new RangeError("a line table has more files than bytes");
  return Array.from({ length: count }, () => {
    let [name, directory] = ["", 0];
    for (const [content, form] of forms) {
      const value = readForm(cursor, form, 0, format);
      if (content === PATH && typeof value === "string") name = value;
      if (content === DIRECTORY && typeof value === "number") directory = value;
    }
    return { name, directory };
  });
}

function joined(directory: string, name: string): string {
  return name.startsWith("/") ? name : `${directory}/${name}`;
}
