import type { DwarfCursor } from "./dwarf-cursor.ts";

/** Where a statement of a source file begins. */
export interface LineRow {
  readonly address: number;
  readonly line: number;
  readonly column: number;
}

/** What a table's program is read by. */
export interface LineHeader {
  readonly minimumLength: number;
  readonly beginsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  /** How many numbers each standard opcode takes; the first of the special ones comes after them. */
  readonly operands: readonly number[];
}

const COPY = 1;
const ADVANCE_PC = 2;
const ADVANCE_LINE = 3;
const SET_FILE = 4;
const SET_COLUMN = 5;
const NEGATE_STATEMENT = 6;
const CONST_ADD_PC = 8;
const FIXED_ADVANCE_PC = 9;
/** After a zero and a length. */
const END_SEQUENCE = 1;
const SET_ADDRESS = 2;

/** Runs a line table's program, and gives the rows that begin statements of the files that are wanted. */
export function* runLineProgram(
  cursor: DwarfCursor,
  end: number,
  header: LineHeader,
  files: ReadonlySet<number>,
): Iterable<LineRow> {
  const machine = new LineMachine(header, files);
  while (cursor.at < end) {
    const opcode = cursor.unsigned(1);
    yield* opcode === 0 ? machine.extended(cursor) : machine.step(opcode, cursor);
  }
}

const NONE: readonly LineRow[] = [];

/**
 * The state of DWARF's line number machine. Rows count once a later address shows that they have code: optimised code
 * has several lines at one address.
 */
class LineMachine {
  readonly #header: LineHeader;
  readonly #files: ReadonlySet<number>;
  #address = 0;
  #file = 1;
  #line = 1;
  #column = 0;
  #isStatement: boolean;
  #rows: LineRow[] = [];

  constructor(header: LineHeader, files: ReadonlySet<number>) {
    this.#header = header;
    this.#files = files;
    this.#isStatement = header.beginsStatement;
  }

  step(opcode: number, cursor: DwarfCursor): readonly LineRow[] {
    const { operands, lineBase, lineRange, minimumLength } = this.#header;
    if (opcode > operands.length) {
      const special = opcode - operands.length - 1;
      this.#address += Math.floor(special / lineRange) * minimumLength;
      this.#line += lineBase + (special % lineRange);
      return this.#next();
    }
    switch (opcode) {
      case COPY:
        return this.#next();
      case ADVANCE_PC:
        this.#address += cursor.uleb() * minimumLength;
        return NONE;
      case ADVANCE_LINE:
        this.#line += cursor.sleb();
        return NONE;
      case SET_FILE:
        this.#file = cursor.uleb();
        return NONE;
      case SET_COLUMN:
        this.#column = cursor.uleb();
        return NONE;
      case NEGATE_STATEMENT:
        this.#isStatement = !this.#isStatement;
        return NONE;
      case CONST_ADD_PC:
        this.#address += Math.floor((254 - operands.length) / lineRange) * minimumLength;
        return NONE;
      case FIXED_ADVANCE_PC:
        this.#address += cursor.unsigned(2);
        return NONE;
      default:
        for (let i = 0; i < (operands[opcode - 1] ?? 0); i++) cursor.uleb();
        return NONE;
    }
  }

  extended(cursor: DwarfCursor): readonly LineRow[] {
    const length = cursor.uleb();
    const end = cursor.at + length;
    const opcode = cursor.unsigned(1);
    let rows = NONE;
    if (opcode === SET_ADDRESS) this.#address = cursor.unsigned(length - 1);
    if (opcode === END_SEQUENCE) {
      rows = this.#next();
      this.#begin();
    }
    cursor.at = end;
    return rows;
  }

  #begin(): void {
    this.#address = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
    this.#isStatement = this.#header.beginsStatement;
    this.#rows = [];
  }

  /** The rows before, when there is code between them and this one. */
  #next(): readonly LineRow[] {
    const [address, line, column] = [this.#address, this.#line, this.#column];
    const before = this.#rows.filter((row) => row.address < address);
    this.#rows = this.#rows.filter((row) => row.address === address);
    if (this.#isStatement && this.#files.has(this.#file)) this.#rows.push({ address, line, column });
    return before;
  }
}
