import { BpfError } from "../errors.ts";
import { elfSections } from "./elf.ts";

const ENTRY_BYTES = 24;

/**
 * Where the variables of a section of an object file begin in it, by their names. An object's own BTF has no
 * offsets yet: they are in the symbol table until the object is linked or loaded.
 */
export function symbolOffsets(object: Uint8Array, section: string): Map<string, number> {
  const sections = elfSections(object);
  const index = sections.findIndex((s) => s.name === section);
  const symbols = sections.find((s) => s.name === ".symtab")?.data;
  const names = sections.find((s) => s.name === ".strtab")?.data;
  const offsets = new Map<string, number>();
  if (index < 0 || symbols === undefined || names === undefined) return offsets;
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  for (let at = 0; at + ENTRY_BYTES <= symbols.length; at += ENTRY_BYTES) {
    if (view.getUint16(at + 6, true) !== index) continue;
    const name = textAt(names, view.getUint32(at, true));
    if (name !== "") offsets.set(name, Number(view.getBigUint64(at + 8, true)));
  }
  return offsets;
}

function textAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  if (at > names.length || end < 0) throw new BpfError("ELF", "damaged ELF file: a symbol has no name");
  return Buffer.from(names.subarray(at, end)).toString();
}
