import { elfSymbols } from "../btf/elf-symbols.ts";
import { BpfError } from "../errors.ts";

/** Where a function of an object lies, counted in instructions. */
export interface ObjectFunction {
  readonly section: string;
  /** Of its first instruction in the section. */
  readonly start: number;
  readonly length: number;
}

const INSTRUCTION_BYTES = 8;
const FUNCTION = 2;

/** The functions of an object file by name, from its symbol table. Throws BpfError "ELF" on damage. */
export function objectFunctions(object: Uint8Array): Map<string, ObjectFunction> {
  const functions = new Map<string, ObjectFunction>();
  for (const { name, type, section, offset, size } of elfSymbols(object)) {
    if (type !== FUNCTION) continue;
    if (section === undefined) throw new BpfError("ELF", "damaged ELF file: a function has no section");
    functions.set(name, {
      section,
      start: offset / INSTRUCTION_BYTES,
      length: size / INSTRUCTION_BYTES,
    });
  }
  return functions;
}
