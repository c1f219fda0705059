import { BpfError } from "../errors.ts";
import { elfSections } from "./elf.ts";

/** A symbol of an object file. */
export interface ElfSymbol {
  readonly name: string;
  /** STT_*: 1 a variable, 2 a function. */
  readonly type: number;
  /** The section that it is in; undefined for one that is in none. */
  readonly section: string | undefined;
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
}

const ENTRY_BYTES = 24;
/** Numbers from here on stand for no section. */
const RESERVED_SECTIONS = 0xff00;

/** The named symbols of an object file. Throws BpfError "ELF" where it is damaged. */
export function elfSymbols(object: Uint8Array): ElfSymbol[] {
  const sections = elfSections(object);
  const symbols = sections.find(({ name }) => name === ".symtab")?.data;
  const names = sections.find(({ name }) => name === ".strtab")?.data;
  if (symbols === undefined || names === undefined) return [];
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  const found: ElfSymbol[] = [];
  for (let at = 0; at + ENTRY_BYTES <= symbols.length; at += ENTRY_BYTES) {
    const name = textAt(names, view.getUint32(at, true));
    if (name === "") continue;
    const index = view.getUint16(at + 6, true);
    if (index >= sections.length && index < RESERVED_SECTIONS) throw damaged("a symbol has no section");
    found.push({
      name,
      type: view.getUint8(at + 4) & 0xf,
      section: index === 0 ? undefined : sections[index]?.name,
      offset: Number(view.getBigUint64(at + 8, true)),
      size: Number(view.getBigUint64(at + 16, true)),
    });
  }
  return found;
}

/**
 * Where the variables of a section of an object file begin in it, by their names. An object's own BTF has no
 * offsets yet: they are in the symbol table until the object is linked or loaded.
 */
export function symbolOffsets(object: Uint8Array, section: string): Map<string, number> {
  const symbols = elfSymbols(object).filter((symbol) => symbol.section === section);
  return new Map(symbols.map(({ name, offset }) => [name, offset]));
}

function textAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  if (at >= names.length || end < 0) throw damaged("a symbol has no name");
  return Buffer.from(names.subarray(at, end)).toString();
}

function damaged(what: string): BpfError {
  return new BpfError("ELF", `damaged ELF file: ${what}`);
}
