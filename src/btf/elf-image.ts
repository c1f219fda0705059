import { BpfError } from "../errors.ts";
import { contents, number64, type ReadBytes, readHeader, readSections, readTable } from "./elf-sections.ts";
import { ElfSymbolTable } from "./elf-symbol-table.ts";

/** A part of an ELF file that is mapped where a program runs: PT_LOAD. */
export interface ElfSegment {
  /** Where it lies in memory, before the file is relocated. */
  readonly address: number;
  /** Where it lies in the file. */
  readonly offset: number;
  /** Its bytes in the file. */
  readonly size: number;
}

const LOAD = 1;
const SYMTAB = 2;
const DYNSYM = 11;

/** An executable or library: only its headers and symbol tables are read, whatever the size of the file. */
export class ElfImage {
  readonly segments: readonly ElfSegment[];
  /** Functions of .symtab, which strip removes, and of .dynsym. */
  readonly symbols: ElfSymbolTable;

  private constructor(segments: readonly ElfSegment[], symbols: ElfSymbolTable) {
    this.segments = segments;
    this.symbols = symbols;
  }

  /** Throws BpfError "ELF" where the file is damaged, or not 64 bit and little-endian. */
  static read(read: ReadBytes): ElfImage {
    const header = readHeader(read);
    return new ElfImage(readSegments(header, read), readSymbols(header, read));
  }

  /** Where the byte at an address lies in the file; undefined for an address without bytes in the file. */
  fileOffset(address: number): number | undefined {
    const segment = this.segments.find((s) => address >= s.address && address < s.address + s.size);
    return segment && address - segment.address + segment.offset;
  }

  /** The other way. */
  address(fileOffset: number): number | undefined {
    const segment = this.segments.find((s) => fileOffset >= s.offset && fileOffset < s.offset + s.size);
    return segment && fileOffset - segment.offset + segment.address;
  }
}

function readSegments(header: DataView, read: ReadBytes): ElfSegment[] {
  const size = header.getUint16(54, true);
  const count = header.getUint16(56, true);
  const table = readTable(read, number64(header, 32), count, size, 56);
  const segments: ElfSegment[] = [];
  for (let at = 0; at < table.byteLength; at += size) {
    if (table.getUint32(at, true) !== LOAD) continue;
    segments.push({
      offset: number64(table, at + 8),
      address: number64(table, at + 16),
      size: number64(table, at + 32),
    });
  }
  return segments;
}

function readSymbols(header: DataView, read: ReadBytes): ElfSymbolTable {
  const sections = readSections(header, read);
  const parts = sections.flatMap((section) => {
    if (section.type !== SYMTAB && section.type !== DYNSYM) return [];
    const names = sections[section.link];
    if (names === undefined) throw new BpfError("ELF", "damaged ELF file: symbols without names");
    return [{ symbols: contents(read, section), names: contents(read, names) }];
  });
  return new ElfSymbolTable(parts);
}
