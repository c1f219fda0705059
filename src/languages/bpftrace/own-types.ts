import { emitDeclarations } from "../../btf/emit-declarations.ts";
import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { SourceText, Span } from "../../source/source-text.ts";
import type { Script } from "./ast.ts";

/**
 * C that has in its types all that a script defines for itself; undefined when it defines none. What it mentions of
 * the kernel's types is there, too. Compiled alone, its BTF tells the layouts.
 */
export function ownTypesCode(source: SourceText, script: Script, facts: KernelFacts): string | undefined {
  const definitions = script.preamble.filter(({ text }) => !text.startsWith("#"));
  if (definitions.length === 0) return undefined;
  const nameOf = (span: Span) => JSON.stringify((span.source ?? source).name);
  let anonymous = 0;
  const placed = definitions.map(({ text, span }) => {
    // A nameless enum would leave no trace in the types.
    const named = text.replace(/^enum\s*\{/, () => `enum bcc_ts_anonymous_${anonymous++} {`);
    return `#line ${(span.source ?? source).position(span.start).line} ${nameOf(span)}\n${named}`;
  });
  const macros = script.preamble.filter(({ text }) => /^#\s*define/.test(text)).map(({ text }) => text);
  const text = placed.join("\n");
  const tags = [...text.matchAll(/\b(struct|union|enum)\s+(\w+)\s*(?:__attribute__\s*\(\(.*?\)\)\s*)?\{/g)];
  const typedefs = [...text.matchAll(/^typedef\b[\s\S]*?(\w+)\s*(?:\[[^\]]*\]\s*)?;/gm)].map(
    (match) => match[1] ?? "",
  );
  const declared = emitDeclarations(facts.btf, {
    identifiers: new Set([...(text.match(/[A-Za-z_]\w*/g) ?? []), ...INTEGERS]),
    defined: {
      tags: new Set(tags.map((match) => match[2] ?? "")),
      ordinary: new Set([...typedefs, ...enumeratorsOf(text)]),
      macros: new Set(macros.map((macro) => /\w+/.exec(macro.replace(/^#\s*define/, ""))?.[0] ?? "")),
    },
  });
  const kept = [...tags.map((match) => `${match[1]} ${match[2]}`), ...typedefs];
  const pointers = kept.map((type, i) => `${type} *bcc_ts_type_${i} __attribute__((used));`);
  return [declared.text, ...macros, text, '#line 1 "<types>"', ...pointers, ""].join("\n");
}

const INTEGERS = [
  "bool",
  "u8",
  "u16",
  "u32",
  "u64",
  "s8",
  "s16",
  "s32",
  "s64",
  "uint8_t",
  "uint16_t",
  "uint32_t",
  "uint64_t",
  "int8_t",
  "int16_t",
  "int32_t",
  "int64_t",
  "size_t",
  "pid_t",
  "uintptr_t",
];

function enumeratorsOf(text: string): string[] {
  return [...text.matchAll(/\benum\b[^{;]*\{([^}]*)\}/g)].flatMap(
    (match) => (match[1] ?? "").match(/(?:^|,)\s*(\w+)/g)?.map((word) => word.replace(/^,?\s*/, "")) ?? [],
  );
}
