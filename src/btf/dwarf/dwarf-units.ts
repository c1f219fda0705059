import { DwarfCursor, textAt } from "./dwarf-cursor.ts";
import { type DwarfValue, readForm, type UnitFormat } from "./dwarf-forms.ts";

/** The sections of debug information that are read; those that a file has not are empty. */
export interface DwarfSections {
  readonly info: Uint8Array;
  readonly abbreviations: Uint8Array;
  readonly texts: Uint8Array;
  readonly lineTexts: Uint8Array;
  readonly textOffsets: Uint8Array;
}

/** An entry: what it is (DW_TAG_*), what is said of it (by DW_AT_*), and what is in it. */
export interface DwarfEntry {
  readonly offset: number;
  readonly tag: number;
  readonly attributes: ReadonlyMap<number, DwarfValue>;
  readonly children: readonly DwarfEntry[];
}

/** A compiled file: its entries, also by their offsets. */
export interface DwarfUnit {
  readonly root: DwarfEntry;
  readonly entries: ReadonlyMap<number, DwarfEntry>;
}

type Abbreviation = {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly (readonly [name: number, form: number, implicit: number])[];
};

/** Only what types and functions are told by is kept: name, size, places, types, counts, and the like. */
const KEPT: ReadonlySet<number> = new Set([
  0x03, 0x0b, 0x0d, 0x1c, 0x2f, 0x31, 0x37, 0x38, 0x3c, 0x3e, 0x47, 0x49, 0x6b, 0x6e, 0x72,
]);
const TEXT_OFFSETS_BASE = 0x72;
const COMPILED = new Set([0x01, 0x03]);

/** Reads the units one by one. Throws RangeError where the information is damaged. */
export function* readUnits(sections: DwarfSections): Iterable<DwarfUnit> {
  const known = new Map<number, ReadonlyMap<number, Abbreviation>>();
  const cursor = new DwarfCursor(sections.info);
  while (cursor.at < sections.info.length) {
    const start = cursor.at;
    const { offsetSize, end } = cursor.unitSize();
    const version = cursor.unsigned(2);
    const kind = version >= 5 ? cursor.unsigned(1) : 1;
    const head = () => [cursor.unsigned(offsetSize), cursor.unsigned(1)] as const;
    const [abbreviationsAt, addressSize] = version >= 5 ? swapped(cursor, offsetSize) : head();
    if (version >= 2 && version <= 5 && COMPILED.has(kind)) {
      const abbreviations =
        known.get(abbreviationsAt) ?? readAbbreviations(sections.abbreviations, abbreviationsAt);
      known.set(abbreviationsAt, abbreviations);
      yield readUnit(cursor, end, { start, version, addressSize, offsetSize }, abbreviations, sections);
    }
    cursor.at = end;
  }
}

function swapped(cursor: DwarfCursor, offsetSize: number): readonly [number, number] {
  const addressSize = cursor.unsigned(1);
  return [cursor.unsigned(offsetSize), addressSize];
}

function readAbbreviations(bytes: Uint8Array, at: number): ReadonlyMap<number, Abbreviation> {
  const cursor = new DwarfCursor(bytes, at);
  const found = new Map<number, Abbreviation>();
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.unsigned(1) === 1;
    const attributes: (readonly [number, number, number])[] = [];
    for (;;) {
      const name = cursor.uleb();
      const form = cursor.uleb();
      const implicit = form === 0x21 ? cursor.sleb() : 0;
      if (name === 0 && form === 0) break;
      attributes.push([name, form, implicit]);
    }
    found.set(code, { tag, hasChildren, attributes });
  }
  return found;
}

type MutableEntry = DwarfEntry & { children: DwarfEntry[] };

function readUnit(
  cursor: DwarfCursor,
  end: number,
  size: Pick<UnitFormat, "start" | "version" | "addressSize" | "offsetSize">,
  abbreviations: ReadonlyMap<number, Abbreviation>,
  { texts, lineTexts, textOffsets }: DwarfSections,
): DwarfUnit {
  let base = 8;
  const indexedText = (index: number) => {
    const at = base + index * size.offsetSize;
    return at < textOffsets.length
      ? textAt(texts, new DwarfCursor(textOffsets, at).unsigned(size.offsetSize))
      : "";
  };
  const format: UnitFormat = { ...size, texts, lineTexts, indexedText };
  const entries = new Map<number, DwarfEntry>();
  const root: MutableEntry = { offset: 0, tag: 0, attributes: new Map(), children: [] };
  const open = [root];
  while (cursor.at < end) {
    const offset = cursor.at;
    const code = cursor.uleb();
    if (code === 0) {
      if (open.length > 1) open.pop();
      continue;
    }
    const abbreviation = abbreviations.get(code);
    if (abbreviation === undefined) throw new RangeError(`there is no abbreviation ${code}`);
    const attributes = new Map<number, DwarfValue>();
    for (const [name, form, implicit] of abbreviation.attributes) {
      const value = readForm(cursor, form, implicit, format);
      if (KEPT.has(name)) attributes.set(name, value);
      if (name === TEXT_OFFSETS_BASE && typeof value === "number") base = value;
    }
    const entry: MutableEntry = { offset, tag: abbreviation.tag, attributes, children: [] };
    entries.set(offset, entry);
    open.at(-1)?.children.push(entry);
    if (abbreviation.hasChildren) open.push(entry);
  }
  return { root: root.children[0] ?? root, entries };
}
