import { statementsOf } from "../btf/dwarf/dwarf-lines.ts";
import type { LineRow } from "../btf/dwarf/line-program.ts";
import { BpfError } from "../errors.ts";
import { readElf, withSections } from "./read-elf.ts";

/** Line tables above this are not looked at: it would take longer than a script is waited for. */
const MOST_BYTES = 1 << 26;

/** A line of a source file, in a program that was made from it. */
export interface SourceLine {
  /** One in each function that has code of the line: where the line's first statement begins. */
  readonly addresses: readonly number[];
  /** The lines of the file that have code. */
  readonly lines: readonly number[];
}

/** By the program's debug information (DWARF 2 to 5, not compressed); undefined where it has none. */
export function sourceLine(
  path: string,
  file: string,
  line: number,
  column?: number,
): SourceLine | undefined {
  const rows = lineRows(path, file);
  if (rows === undefined) return undefined;
  const { symbols } = readElf(path);
  const first = new Map<string | number, number>();
  for (const row of rows) {
    if (row.line !== line || (column !== undefined && row.column !== column)) continue;
    const place = symbols.at(row.address)?.name ?? row.address;
    first.set(place, Math.min(first.get(place) ?? row.address, row.address));
  }
  const lines = [...new Set(rows.map((row) => row.line))].sort((a, b) => a - b);
  return { addresses: [...first.values()].sort((a, b) => a - b), lines };
}

function lineRows(path: string, file: string): LineRow[] | undefined {
  try {
    return withSections(path, (sections) => {
      const bytes = (name: string) => sections.contents(name, MOST_BYTES)[0] ?? new Uint8Array();
      const lines = bytes(".debug_line");
      if (lines.length === 0) return undefined;
      const tables = { lines, texts: bytes(".debug_str"), lineTexts: bytes(".debug_line_str") };
      // What the linker threw away is still told of, at address 0.
      return [...statementsOf(tables, file)].filter(({ address }) => address > 0);
    });
  } catch (error) {
    if (error instanceof RangeError || (BpfError.is(error) && error.code === "ELF")) return undefined;
    throw error;
  }
}
