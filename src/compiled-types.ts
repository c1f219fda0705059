import { Btf } from "./btf/btf.ts";
import { elfSection } from "./btf/elf.ts";
import { compileObject } from "./compile/c-front-end.ts";
import type { ClangSession } from "./compile/clang-session.ts";
import type { SourceText } from "./source/source-text.ts";

/** The types of a C text, by compiling it. Throws SourceError at the text's own lines. */
export async function compiledTypes(code: string, source: SourceText, clang: ClangSession): Promise<Btf> {
  const object = await compileObject(code, source, clang);
  return Btf.parse(elfSection(object, ".BTF") ?? new Uint8Array(), { name: source.name });
}
