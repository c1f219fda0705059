import { type ElfSection, elfSections } from "../btf/elf.ts";
import { elfSymbols } from "../btf/elf-symbols.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import type { SourceText } from "../source/source-text.ts";

const RELOCATION_BYTES = 16;

/**
 * Errors for constant tables that hold addresses, as `static const char *names[]`: nobody fills in the addresses when
 * a program is loaded, so that it would read NULL from them.
 */
export function findAddressTables(object: Uint8Array, source: SourceText): Diagnostic[] {
  const names = new Set(elfSections(object).flatMap((section) => tablesIn(section, object)));
  return [...names].map((name) => ({
    severity: "error",
    code: "ADDRESS_TABLE",
    message: `${name || "an array"} holds addresses of constants, which a BPF program cannot have in memory`,
    source,
    span: placeOf(name, source),
    hint: "Make it a table of texts, `static const char names[][8]`, or choose by switch, or in TypeScript.",
  }));
}

/** The tables that a section of relocations is about. */
function tablesIn({ name: relocations, data }: ElfSection, object: Uint8Array): string[] {
  if (!/^\.rela?\.(?:rodata|data)\b/.test(relocations)) return [];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const target = relocations.replace(/^\.rela?/, "");
  const symbols = elfSymbols(object).filter(({ section, size }) => section === target && size > 0);
  const found: string[] = [];
  for (let at = 0; at + RELOCATION_BYTES <= data.length; at += RELOCATION_BYTES) {
    const place = Number(view.getBigUint64(at, true));
    const symbol = symbols.find(({ offset, size }) => place >= offset && place < offset + size);
    // `names`, or `function.names` of a static variable in it; a local array has no symbol.
    found.push(symbol?.name.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "");
  }
  return found;
}

/** Where the text gives it its values; without a name it is the first local array of pointers that has any. */
function placeOf(name: string, { text }: SourceText) {
  const definition =
    name === ""
      ? /\*\s*(?:const\s+)?\w+\s*\[[^\]]*\]\s*=/
      : new RegExp(`\\b${name.replace(/\W/g, "")}\\b(?=[\\s\\[\\]\\w]*=)`);
  const found = definition.exec(text);
  const start = found?.index ?? 0;
  return { start, end: start + (found?.[0].length ?? 0) };
}
