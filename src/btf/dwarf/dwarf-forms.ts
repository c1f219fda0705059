import { type DwarfCursor, textAt } from "./dwarf-cursor.ts";

/** What an attribute says: a number, a text, or nothing that we read. References are offsets in .debug_info. */
export type DwarfValue = number | string | undefined;

/** What reading attributes of a unit needs. */
export interface UnitFormat {
  /** Where the unit begins: references count from there. */
  readonly start: number;
  readonly version: number;
  readonly addressSize: number;
  /** Of offsets: 4, or 8 in the 64-bit format. */
  readonly offsetSize: number;
  readonly texts: Uint8Array;
  readonly lineTexts: Uint8Array;
  /** The n-th text of the unit. */
  readonly indexedText: (index: number) => string;
}

/** Forms of a fixed number of bytes: plain numbers. */
const FIXED: Readonly<Record<number, number>> = { 5: 2, 6: 4, 7: 8, 11: 1, 12: 1 };
/** References within the unit. */
const REFERENCES: Readonly<Record<number, number>> = { 17: 1, 18: 2, 19: 4, 20: 8 };
/** Texts and addresses by an index of so many bytes. */
const INDEXED_TEXTS: Readonly<Record<number, number>> = { 37: 1, 38: 2, 39: 3, 40: 4 };
const INDEXED_ADDRESSES: Readonly<Record<number, number>> = { 41: 1, 42: 2, 43: 3, 44: 4 };
/** Bytes after a length of so many bytes. */
const BLOCKS: Readonly<Record<number, number>> = { 3: 2, 4: 4, 10: 1 };

/** Reads an attribute of a form (DW_FORM_*) and goes past it. Throws RangeError for a form that nobody knows. */
export function readForm(cursor: DwarfCursor, form: number, implicit: number, unit: UnitFormat): DwarfValue {
  const fixed = FIXED[form];
  if (fixed !== undefined) return cursor.unsigned(fixed);
  const reference = REFERENCES[form];
  if (reference !== undefined) return unit.start + cursor.unsigned(reference);
  const text = INDEXED_TEXTS[form];
  if (text !== undefined) return unit.indexedText(cursor.unsigned(text));
  const skipped = BLOCKS[form];
  if (skipped !== undefined) return skip(cursor, cursor.unsigned(skipped));
  if (INDEXED_ADDRESSES[form] !== undefined) return skip(cursor, INDEXED_ADDRESSES[form] ?? 0);
  return readOther(cursor, form, implicit, unit);
}

function readOther(cursor: DwarfCursor, form: number, implicit: number, unit: UnitFormat): DwarfValue {
  switch (form) {
    case 0x01: // addr
      return skip(cursor, unit.addressSize);
    case 0x08: // string
      return cursor.text();
    case 0x09: // block
    case 0x18: // exprloc
      return skip(cursor, cursor.uleb());
    case 0x0d: // sdata
      return cursor.sleb();
    case 0x0e: // strp
      return textAt(unit.texts, cursor.unsigned(unit.offsetSize));
    case 0x0f: // udata
      return cursor.uleb();
    case 0x10: // ref_addr
      return cursor.unsigned(unit.version <= 2 ? unit.addressSize : unit.offsetSize);
    case 0x15: // ref_udata
      return unit.start + cursor.uleb();
    case 0x16: // indirect
      return readForm(cursor, cursor.uleb(), 0, unit);
    case 0x17: // sec_offset
      return cursor.unsigned(unit.offsetSize);
    case 0x19: // flag_present
      return 1;
    case 0x1a: // strx
      return unit.indexedText(cursor.uleb());
    case 0x1b: // addrx
    case 0x22: // loclistx
    case 0x23: // rnglistx
      cursor.uleb();
      return undefined;
    case 0x1e: // data16
      return skip(cursor, 16);
    case 0x1f: // line_strp
      return textAt(unit.lineTexts, cursor.unsigned(unit.offsetSize));
    case 0x21: // implicit_const
      return implicit;
    case 0x1c: // ref_sup4
      return skip(cursor, 4);
    case 0x1d: // strp_sup
    case 0x1f20: // GNU_ref_alt
    case 0x1f21: // GNU_strp_alt
      return skip(cursor, unit.offsetSize);
    case 0x20: // ref_sig8
    case 0x24: // ref_sup8
      return skip(cursor, 8);
    default:
      throw new RangeError(`the form 0x${form.toString(16)} of debug information is not known`);
  }
}

function skip(cursor: DwarfCursor, bytes: number): undefined {
  cursor.at += bytes;
  return undefined;
}
