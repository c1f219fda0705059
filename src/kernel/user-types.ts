import { statSync } from "node:fs";
import { Btf } from "../btf/btf.ts";
import { dwarfToBtf } from "../btf/dwarf/dwarf-to-btf.ts";
import type { DwarfSections } from "../btf/dwarf/dwarf-units.ts";
import type { ElfSectionReader } from "../btf/elf-section-reader.ts";
import { BpfError } from "../errors.ts";
import { withSections } from "./read-elf.ts";

/** Debug information above this is not looked at: it would take longer than a script is waited for. */
const MOST_BYTES = 1 << 26;

/**
 * The types that a program's debug information (DWARF 2 to 5, not compressed) has of some of its functions, and the
 * named types beside them. Undefined where there is none, or too much.
 */
export function userTypes(path: string, functions: readonly string[]): Btf | undefined {
  try {
    return withSections(path, (sections) => {
      const info = bytesOf(sections, ".debug_info");
      if (info.length === 0) return undefined;
      const bytes = dwarfToBtf(debugSections(sections, info), new Set(functions));
      return bytes === undefined ? undefined : Btf.parse(bytes, { name: path });
    });
  } catch (error) {
    // A script can do without: what it then asks for is refused at its place.
    const damaged = BpfError.is(error) && (error.code === "ELF" || error.code === "BTF");
    if (error instanceof RangeError || damaged) return undefined;
    throw error;
  }
}

function debugSections(sections: ElfSectionReader, info: Uint8Array): DwarfSections {
  return {
    info,
    abbreviations: bytesOf(sections, ".debug_abbrev"),
    texts: bytesOf(sections, ".debug_str"),
    lineTexts: bytesOf(sections, ".debug_line_str"),
    textOffsets: bytesOf(sections, ".debug_str_offsets"),
  };
}

function bytesOf(sections: ElfSectionReader, name: string): Uint8Array {
  return sections.contents(name, MOST_BYTES)[0] ?? new Uint8Array();
}

/** What tells a file from what it was before; undefined where there is none. */
export function fileIdentity(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}:${status.size}:${status.mtimeMs}`;
}
