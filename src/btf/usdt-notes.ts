import { BpfError } from "../errors.ts";
import type { ElfSectionReader } from "./elf-section-reader.ts";

/** A probe's note as the assembler wrote it, its addresses as the file is now. */
export interface UsdtNote {
  readonly provider: string;
  readonly name: string;
  /** The instruction's, before the file is relocated. */
  readonly address: number;
  /** The counter's; 0 when the probe has none. */
  readonly semaphore: number;
  /** "-4@%eax 8@-16(%rbp)" */
  readonly arguments: string;
}

const TYPE = 3;
const NAME = "stapsdt";
const ADDRESSES_BYTES = 24;
/** Programs with very many probes have some thousands, of about 100 bytes each. */
const MOST_BYTES = 1 << 26;

/**
 * The probes that an executable or library declares of itself, from its section .note.stapsdt. When a file was
 * prelinked, the section .stapsdt.base tells by how much its addresses moved. Throws BpfError "ELF" on damage.
 */
export function usdtNotes(sections: ElfSectionReader): UsdtNote[] {
  const notes: UsdtNote[] = [];
  const base = sections.address(".stapsdt.base");
  for (const bytes of sections.contents(".note.stapsdt", MOST_BYTES)) readNotes(bytes, base, notes);
  return notes;
}

function readNotes(bytes: Uint8Array, base: number | undefined, notes: UsdtNote[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 12 <= bytes.length; ) {
    const nameBytes = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    const body = at + 12 + aligned(nameBytes);
    if (body + size > bytes.length) throw damaged("a note ends outside of its section");
    const isProbe = view.getUint32(at + 8, true) === TYPE && textAt(text, at + 12, body).text === NAME;
    if (isProbe) notes.push(readNote(view, text, body, body + size, base));
    at = body + aligned(size);
  }
}

function readNote(view: DataView, text: Buffer, at: number, end: number, base: number | undefined): UsdtNote {
  if (end - at < ADDRESSES_BYTES + 3) throw damaged("the note of a probe is too short");
  const moved = base === undefined ? 0 : base - number64(view, at + 8);
  const semaphore = number64(view, at + 16);
  const provider = textAt(text, at + ADDRESSES_BYTES, end);
  const name = textAt(text, provider.next, end);
  const rest = textAt(text, name.next, end);
  return {
    provider: provider.text,
    name: name.text,
    address: number64(view, at) + moved,
    semaphore: semaphore === 0 ? 0 : semaphore + moved,
    arguments: rest.text,
  };
}

function textAt(bytes: Buffer, at: number, end: number): { readonly text: string; readonly next: number } {
  const stop = bytes.indexOf(0, at);
  if (at >= end || stop < 0 || stop >= end) throw damaged("a name of a probe has no end");
  return { text: bytes.toString("utf8", at, stop), next: stop + 1 };
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function number64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function damaged(what: string): BpfError {
  return new BpfError("ELF", `damaged ELF file: ${what}`);
}
