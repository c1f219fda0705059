import { BpfError } from "../errors.ts";
import { ElfSymbolTable } from "./elf-symbol-table.ts";

/** Gives bytes of a file; fewer at its end. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** A part of an ELF file that is mapped where a program runs: PT_LOAD. */
export interface ElfSegment {
  /** Where it lies in memory, before the file is relocated. */
  readonly address: number;
  /** Where it lies in the file. */
  readonly offset: number;
  /** Its bytes in the file. */
  readonly size: number;
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

const HEADER_BYTES = 64;
const LOAD = 1;
const SYMTAB = 2;
const DYNSYM = 11;
/** Bytes of a part. A file with holes may be larger than any memory; the largest browsers have a tenth of this. */
const MOST_BYTES = 1 << 30;

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
    const header = view(read(0, HEADER_BYTES), HEADER_BYTES);
    if (header.getUint32(0, false) !== 0x7f454c46) throw new BpfError("ELF", "this is no ELF file");
    if (header.getUint8(4) !== 2 || header.getUint8(5) !== 1) {
      throw new BpfError("ELF", "this ELF file is not 64 bit and little-endian");
    }
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

function readSections(header: DataView, read: ReadBytes): Section[] {
  const at = number64(header, 40);
  const size = header.getUint16(58, true);
  if (at === 0) return [];
  // Files with more than 65279 sections keep their number in the first one.
  const first = readTable(read, at, 1, size, 64);
  const table = readTable(read, at, header.getUint16(60, true) || number64(first, 32), size, 64);
  return Array.from({ length: table.byteLength / size }, (_, i) => ({
    type: table.getUint32(i * size + 4, true),
    offset: number64(table, i * size + 24),
    size: number64(table, i * size + 32),
    link: table.getUint32(i * size + 40, true),
  }));
}

function readTable(read: ReadBytes, offset: number, count: number, size: number, least: number): DataView {
  if (count === 0) return new DataView(new ArrayBuffer(0));
  checkSize(count * size);
  if (size < least) throw new BpfError("ELF", `damaged ELF file: an entry of a table has ${size} bytes`);
  return view(read(offset, count * size), count * size);
}

function contents(read: ReadBytes, { offset, size }: Section): Uint8Array {
  checkSize(size);
  const bytes = read(offset, size);
  if (bytes.length < size) throw new BpfError("ELF", "damaged ELF file: a section ends outside of the file");
  return bytes;
}

function checkSize(bytes: number): void {
  if (bytes > MOST_BYTES) throw new BpfError("ELF", `damaged ELF file: a part of it has ${bytes} bytes`);
}

function view(bytes: Uint8Array, length: number): DataView {
  if (bytes.length < length) throw new BpfError("ELF", "this is no ELF file, or its end is missing");
  return new DataView(bytes.buffer, bytes.byteOffset, length);
}

function number64(bytes: DataView, at: number): number {
  return bytes.getUint32(at, true) + bytes.getUint32(at + 4, true) * 2 ** 32;
}
