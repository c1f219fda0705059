import { elfSections } from "../btf/elf.ts";
import { BpfError } from "../errors.ts";

/** Where a function of an object lies, counted in instructions. */
export interface ObjectFunction {
  readonly section: string;
  /** Of its first instruction in the section. */
  readonly start: number;
  readonly length: number;
}

const INSTRUCTION_BYTES = 8;
const SYMBOL_BYTES = 24;
const FUNCTION = 2;

/** The functions of an object file by name, from its symbol table. Throws BpfError "ELF" on damage. */
export function objectFunctions(object: Uint8Array): Map<string, ObjectFunction> {
  const sections = elfSections(object);
  const symbols = sections.find((section) => section.name === ".symtab")?.data;
  const names = sections.find((section) => section.name === ".strtab")?.data;
  const functions = new Map<string, ObjectFunction>();
  if (symbols === undefined || names === undefined) return functions;
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  for (let at = 0; at + SYMBOL_BYTES <= view.byteLength; at += SYMBOL_BYTES) {
    if ((view.getUint8(at + 4) & 0xf) !== FUNCTION) continue;
    const section = sections[view.getUint16(at + 6, true)];
    if (section === undefined) throw new BpfError("ELF", "damaged ELF file: a function has no section");
    functions.set(textAt(names, view.getUint32(at, true)), {
      section: section.name,
      start: view.getUint32(at + 8, true) / INSTRUCTION_BYTES,
      length: view.getUint32(at + 16, true) / INSTRUCTION_BYTES,
    });
  }
  return functions;
}

function textAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  if (at >= names.length || end < 0) throw new BpfError("ELF", "damaged ELF file: a name is outside");
  return Buffer.from(names.buffer, names.byteOffset + at, end - at).toString("utf8");
}
