import { Btf } from "./btf.ts";
import { damaged } from "./btf-damage.ts";
import { elfSections } from "./elf.ts";

/** The place in the source from which an instruction was made. */
export interface LineInfo {
  /** Index of the instruction in its section; this line holds until the next entry's. */
  readonly instruction: number;
  readonly file: string;
  /** Counts from 1, as `column` does; 0 when unknown. */
  readonly line: number;
  readonly column: number;
  /** The text of the line, "" when the compiler did not keep it. */
  readonly text: string;
}

/**
 * Reads which source line each instruction of an object came from, by section of the programs ("kprobe/x").
 * Empty for an object that was compiled without -g. Throws BpfError "ELF" or "BTF" where it is damaged.
 */
export function readLineInfo(object: Uint8Array): Map<string, LineInfo[]> {
  const sections = elfSections(object);
  const types = sections.find(({ name }) => name === ".BTF")?.data;
  const extension = sections.find(({ name }) => name === ".BTF.ext")?.data;
  if (types === undefined || extension === undefined) return new Map();
  return parseLineInfo(Btf.parse(types), extension);
}

function parseLineInfo(btf: Btf, bytes: Uint8Array): Map<string, LineInfo[]> {
  const words = new WordReader(bytes);
  if ((words.at(0) & 0xffff) !== 0xeb9f) throw damaged(".BTF.ext does not begin as it should");
  const start = words.at(4) + words.at(16);
  const end = start + words.at(20);
  const lines = new Map<string, LineInfo[]>();
  if (start === end) return lines;
  if (end > bytes.length) throw damaged("the line information ends outside of .BTF.ext");
  const recordSize = words.at(start);
  if (recordSize < 16) throw damaged(`a line record has ${recordSize} bytes`);
  let at = start + 4;
  while (at < end) {
    const section = btf.string(words.at(at));
    const count = words.at(at + 4);
    at += 8;
    if (at + count * recordSize > end) throw damaged("the line information is cut off");
    const list = lines.get(section) ?? [];
    for (let i = 0; i < count; i++) list.push(readLine(btf, words, at + i * recordSize));
    lines.set(section, list);
    at += count * recordSize;
  }
  return lines;
}

function readLine(btf: Btf, words: WordReader, at: number): LineInfo {
  const place = words.at(at + 12);
  return {
    // The compiler counts bytes; an instruction has 8.
    instruction: words.at(at) / 8,
    file: btf.string(words.at(at + 4)),
    line: place >>> 10,
    column: place & 0x3ff,
    text: btf.string(words.at(at + 8)),
  };
}

/** Reads words that need not be aligned, and never outside of the bytes. */
class WordReader {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  at(offset: number): number {
    if (offset + 4 > this.#view.byteLength) throw damaged(".BTF.ext is cut off");
    return this.#view.getUint32(offset, true);
  }
}
