import { BpfError } from "../errors.ts";

/** Gives bytes of a file; fewer at its end. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** An entry of the section table. */
export interface Section {
  /** Where its name begins among the names. */
  readonly name: number;
  readonly type: number;
  /** Where it lies in memory, before the file is relocated. */
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

const HEADER_BYTES = 64;
/** Bytes of a part. A file with holes may be larger than any memory; the largest browsers have a tenth of this. */
const MOST_BYTES = 1 << 30;

/** The header. Throws BpfError "ELF" where the file is damaged, or not 64 bit and little-endian. */
export function readHeader(read: ReadBytes): DataView {
  const header = view(read(0, HEADER_BYTES), HEADER_BYTES);
  if (header.getUint32(0, false) !== 0x7f454c46) throw new BpfError("ELF", "this is no ELF file");
  if (header.getUint8(4) !== 2 || header.getUint8(5) !== 1) {
    throw new BpfError("ELF", "this ELF file is not 64 bit and little-endian");
  }
  return header;
}

/** The section table. */
export function readSections(header: DataView, read: ReadBytes): Section[] {
  const at = number64(header, 40);
  const size = header.getUint16(58, true);
  if (at === 0) return [];
  // Files with more than 65279 sections keep their number in the first one.
  const first = readTable(read, at, 1, size, 64);
  const table = readTable(read, at, header.getUint16(60, true) || number64(first, 32), size, 64);
  return Array.from({ length: table.byteLength / size }, (_, i) => ({
    name: table.getUint32(i * size, true),
    type: table.getUint32(i * size + 4, true),
    address: number64(table, i * size + 16),
    offset: number64(table, i * size + 24),
    size: number64(table, i * size + 32),
    link: table.getUint32(i * size + 40, true),
  }));
}

export function readTable(
  read: ReadBytes,
  offset: number,
  count: number,
  size: number,
  least: number,
): DataView {
  if (count === 0) return new DataView(new ArrayBuffer(0));
  checkSize(count * size);
  if (size < least) throw new BpfError("ELF", `damaged ELF file: an entry of a table has ${size} bytes`);
  return view(read(offset, count * size), count * size);
}

/** The bytes of a section; none of one that has none in the file. */
export function contents(read: ReadBytes, { offset, size }: Section): Uint8Array {
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

export function number64(bytes: DataView, at: number): number {
  return bytes.getUint32(at, true) + bytes.getUint32(at + 4, true) * 2 ** 32;
}
