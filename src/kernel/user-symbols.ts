import type { ElfSectionReader } from "../btf/elf-section-reader.ts";
import { BpfError } from "../errors.ts";
import { readElf, withSections } from "./read-elf.ts";

/** A function or variable of a program or library: where it lies before the file is relocated, and its bytes. */
export interface UserSymbol {
  readonly address: number;
  readonly size: number;
}

const ENTRY_BYTES = 24;
const MOST_BYTES = 1 << 28;
const VARIABLE = 1;
const FUNCTION = 2;
const TABLES = [
  [".symtab", ".strtab"],
  [".dynsym", ".dynstr"],
] as const;

/** A symbol of a file by its name; undefined where there is none. */
export function userSymbol(path: string, name: string): UserSymbol | undefined {
  return orNone(() =>
    withSections(path, (sections) => {
      for (const [symbols, names] of TABLES) {
        const found = findSymbol(bytesOf(sections, symbols), bytesOf(sections, names), name);
        if (found !== undefined) return found;
      }
      return undefined;
    }),
  );
}

/** The names of its functions. */
export function userFunctions(path: string): readonly string[] | undefined {
  return orNone(() =>
    readElf(path)
      .symbols.matching(/^/)
      .map(({ name }) => name),
  );
}

function findSymbol(symbols: Buffer, names: Buffer, wanted: string): UserSymbol | undefined {
  const text = Buffer.from(`\0${wanted}\0`, "latin1");
  // Linkers let a name be the end of a longer one: where it begins is compared, not what stands before it.
  const isName = (at: number) => names.subarray(at, at + text.length - 1).equals(text.subarray(1));
  for (let at = 0; at + ENTRY_BYTES <= symbols.length; at += ENTRY_BYTES) {
    const type = (symbols[at + 4] ?? 0) & 0xf;
    const section = symbols.readUInt16LE(at + 6);
    if ((type !== VARIABLE && type !== FUNCTION) || section === 0) continue;
    if (!isName(symbols.readUInt32LE(at))) continue;
    return {
      address: Number(symbols.readBigUInt64LE(at + 8)),
      size: Number(symbols.readBigUInt64LE(at + 16)),
    };
  }
  return undefined;
}

function bytesOf(sections: ElfSectionReader, name: string): Buffer {
  return Buffer.from(sections.contents(name, MOST_BYTES)[0] ?? []);
}

/** A file that is none of ours has no symbols either. */
function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (BpfError.is(error) && error.code === "ELF") return undefined;
    throw error;
  }
}
