import { BpfError } from "../errors.ts";
import { contents, type ReadBytes, readHeader, readSections, type Section } from "./elf-sections.ts";

const NOBITS = 8;
const MACHINES: Readonly<Record<number, "x86_64" | "aarch64">> = { 62: "x86_64", 183: "aarch64" };

/** Sections of an executable or library by their names, each read when it is asked for. */
export class ElfSectionReader {
  /** Undefined for a machine whose registers are not known. */
  readonly machine: "x86_64" | "aarch64" | undefined;
  readonly #read: ReadBytes;
  readonly #sections: readonly { readonly name: string; readonly section: Section }[];

  /** Throws BpfError "ELF" where the file is damaged, or not 64 bit and little-endian. */
  constructor(read: ReadBytes) {
    this.#read = read;
    const header = readHeader(read);
    this.machine = MACHINES[header.getUint16(18, true)];
    const sections = readSections(header, read);
    // Files with very many sections keep the number of the one with the names in the first one.
    const index = header.getUint16(62, true);
    const names = sections[index === 0xffff ? (sections[0]?.link ?? 0) : index];
    const text = Buffer.from(names === undefined || names.type === NOBITS ? [] : contents(read, names));
    this.#sections = sections.map((section) => ({ name: nameAt(text, section.name), section }));
  }

  /** Where a section lies in memory, before the file is relocated; undefined when there is none. */
  address(name: string): number | undefined {
    return this.#sections.find((each) => each.name === name)?.section.address;
  }

  /** The bytes of each section of a name. Throws BpfError "ELF" where one has more than `most`. */
  contents(name: string, most: number): Uint8Array[] {
    return this.#sections
      .filter((each) => each.name === name && each.section.type !== NOBITS)
      .map(({ section }) => {
        if (section.size <= most) return contents(this.#read, section);
        throw new BpfError("ELF", `damaged ELF file: the section ${name} has ${section.size} bytes`);
      });
  }
}

function nameAt(text: Buffer, at: number): string {
  const end = text.indexOf(0, at);
  return at >= text.length || end < 0 ? "" : text.toString("utf8", at, end);
}
