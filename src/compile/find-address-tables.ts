import { elfSections } from "../btf/elf.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import type { SourceText } from "../source/source-text.ts";

const RELOCATION_BYTES = 16;
const SYMBOL_BYTES = 24;

/**
 * Errors for constant tables that hold addresses, as `static const char *names[]`: nobody fills in the addresses when
 * a program is loaded, so that it would read NULL from them.
 */
export function findAddressTables(object: Uint8Array, source: SourceText): Diagnostic[] {
  const names = new Set(elfSections(object).flatMap(({ name }) => tablesWithRelocations(object, name)));
  return [...names].map((name) => ({
    severity: "error",
    code: "ADDRESS_TABLE",
    message: `${name || "an array"} holds addresses of constants, which a BPF program cannot have in memory`,
    source,
    span: placeOf(name, source),
    hint: "Make it a table of texts, `static const char names[][8]`, or choose by switch, or in TypeScript.",
  }));
}

function tablesWithRelocations(object: Uint8Array, relocations: string): string[] {
  if (!/^\.rela?\.(?:rodata|data)\b/.test(relocations)) return [];
  const sections = elfSections(object);
  const target = sections.findIndex(({ name }) => name === relocations.replace(/^\.rela?/, ""));
  const data = viewOf(sections.find(({ name }) => name === relocations)?.data);
  const symbols = symbolsOf(object).filter(({ section, size }) => section === target && size > 0);
  const found: string[] = [];
  for (let at = 0; at + RELOCATION_BYTES <= data.byteLength; at += RELOCATION_BYTES) {
    const offset = Number(data.getBigUint64(at, true));
    const symbol = symbols.find(({ start, size }) => offset >= start && offset < start + size);
    // `names`, or `function.names` of a static variable in it; a local array has no symbol.
    found.push(symbol?.name.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "");
  }
  return found;
}

function symbolsOf(object: Uint8Array) {
  const sections = elfSections(object);
  const table = viewOf(sections.find(({ name }) => name === ".symtab")?.data);
  const text = Buffer.from(sections.find(({ name }) => name === ".strtab")?.data ?? []);
  return Array.from({ length: Math.floor(table.byteLength / SYMBOL_BYTES) }, (_, i) => {
    const at = i * SYMBOL_BYTES;
    const name = table.getUint32(at, true);
    return {
      name: text.toString("utf8", name, text.indexOf(0, name)),
      section: table.getUint16(at + 6, true),
      start: Number(table.getBigUint64(at + 8, true)),
      size: Number(table.getBigUint64(at + 16, true)),
    };
  });
}

function viewOf(data: Uint8Array = new Uint8Array()): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
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
