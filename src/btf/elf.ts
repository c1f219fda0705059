import { BpfError } from "../errors.ts";

/** One section of an ELF file. */
export interface ElfSection {
  readonly name: string;
  /** SHT_*: 8 is NOBITS, a section without bytes in the file. */
  readonly type: number;
  readonly data: Uint8Array;
}

const NOBITS = 8;

/**
 * The bytes of a section of an ELF file (64 bit, little-endian), undefined when there is no such section.
 * The bytes are a view into `bytes`. Throws BpfError "ELF" where the file is damaged.
 */
export function elfSection(bytes: Uint8Array, name: string): Uint8Array | undefined {
  return elfSections(bytes).find((section) => section.name === name)?.data;
}

/** All sections of an ELF file, in the order of the section table. */
export function elfSections(bytes: Uint8Array): ElfSection[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkHeader(view);
  const tableAt = offset64(view, 40);
  const entrySize = view.getUint16(58, true);
  if (tableAt === 0) return [];
  if (entrySize < 64) throw damaged(`a section header has ${entrySize} bytes`);
  const count = view.getUint16(60, true) || numberOfSections(view, tableAt);
  if (tableAt + count * entrySize > bytes.length) throw damaged("the section table ends outside of the file");
  const heads = Array.from({ length: count }, (_, i) => readHead(view, tableAt + i * entrySize));
  const names = heads[view.getUint16(62, true)];
  if (names === undefined) throw damaged("there is no section of section names");
  const text = contents(bytes, names);
  return heads.map((head) => ({
    name: nameAt(text, head.name),
    type: head.type,
    data: contents(bytes, head),
  }));
}

/** The number of the machine that an ELF file is for: 62 x86-64, 183 arm64, 247 BPF. */
export function elfMachine(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkHeader(view);
  return view.getUint16(18, true);
}

interface SectionHead {
  readonly name: number;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

function checkHeader(view: DataView): void {
  if (view.byteLength < 64 || view.getUint32(0, false) !== 0x7f454c46) {
    throw new BpfError("ELF", "this is no ELF file");
  }
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1) {
    throw new BpfError("ELF", "this ELF file is not 64 bit and little-endian");
  }
}

/** Files with more than 65279 sections keep their number in the first one. */
function numberOfSections(view: DataView, tableAt: number): number {
  if (tableAt + 64 > view.byteLength) throw damaged("the section table begins outside of the file");
  return offset64(view, tableAt + 32);
}

function readHead(view: DataView, at: number): SectionHead {
  return {
    name: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    offset: offset64(view, at + 24),
    size: offset64(view, at + 32),
  };
}

function contents(bytes: Uint8Array, head: SectionHead): Uint8Array {
  if (head.type === NOBITS || head.type === 0) return new Uint8Array(0);
  if (head.offset + head.size > bytes.length) throw damaged("a section ends outside of the file");
  return bytes.subarray(head.offset, head.offset + head.size);
}

function nameAt(text: Uint8Array, at: number): string {
  const end = text.indexOf(0, at);
  if (at >= text.length || end < 0) throw damaged("the name of a section is outside of the names");
  return Buffer.from(text.buffer, text.byteOffset + at, end - at).toString("utf8");
}

function offset64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function damaged(what: string): BpfError {
  return new BpfError("ELF", `damaged ELF file: ${what}`);
}
