import type { Btf } from "./btf/btf.ts";
import type { ClangSession } from "./compile/clang-session.ts";
import { compiledTypes } from "./compiled-types.ts";
import type { KernelFacts } from "./facts/kernel-facts.ts";
import { withoutKernelIncludes } from "./languages/bcc/kernel-includes.ts";
import { prelude } from "./languages/bcc/prelude.ts";
import { type Prescan, prescan } from "./languages/bcc/prescan.ts";
import { supportCode } from "./lowering/lower-script.ts";
import type { ScriptBuildOptions } from "./script-build-options.ts";
import type { SourceText } from "./source/source-text.ts";

/** C that a script imports. */
export interface ImportedCode {
  /** It stands after the support code of every script. */
  readonly code: string;
  /** Of each file: its functions and types. */
  readonly types: readonly Btf[];
}

/** Compiles what a script imports, each file by itself. Throws SourceError at the file's own lines. */
export async function importCode(
  texts: readonly SourceText[],
  { facts, world }: ScriptBuildOptions,
  clang: ClangSession,
): Promise<ImportedCode> {
  const types: Btf[] = [];
  let code = "";
  for (const text of texts) {
    code = joined([text], facts, world);
    types.push(await compiledTypes([SUPPORT_LINE, supportCode(), code].join("\n"), text, clang));
  }
  return { code: texts.length === 1 ? code : joined(texts, facts, world), types };
}

const SUPPORT_LINE = '#line 1 "<script support>"';

/**
 * The files one after the other, after what they use of the kernel's types and helpers. Their functions are hidden: the
 * verifier follows them where they are called, with what is known of their arguments there.
 */
function joined(
  texts: readonly SourceText[],
  facts: KernelFacts,
  world: ScriptBuildOptions["world"],
): string {
  const seen = new Set<string>();
  const placed = texts.map((text) => withHeaders(text, world, seen));
  const scan = withoutSupport(prescan(placed.join("\n")));
  return [
    '#line 1 "<imported types>"',
    prelude(scan, facts, "code").text,
    "#pragma GCC visibility push(hidden)",
    ...placed,
    '#line 1 "<imported end>"',
    "#pragma GCC visibility pop",
    // What the script becomes has names of its own.
    ...[...scan.defined.macros].filter((name) => !ofSupport().has(name)).map((name) => `#undef ${name}`),
  ].join("\n");
}

/** A file with its own headers in the place of their names. */
function withHeaders(text: SourceText, world: ScriptBuildOptions["world"], seen: Set<string>): string {
  const lines = withoutKernelIncludes(text.text, (name) => world.header(name, text.name)?.text).split("\n");
  const out = lines.map((line, i) => {
    const path = /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/.exec(line)?.[1];
    const header = path === undefined ? undefined : world.header(path, text.name);
    if (header === undefined) return line;
    if (seen.has(header.name)) return "";
    seen.add(header.name);
    return `${withHeaders(header, world, seen)}\n#line ${i + 2} ${JSON.stringify(text.name)}`;
  });
  return `#line 1 ${JSON.stringify(text.name)}\n${out.join("\n")}`;
}

let support: ReadonlySet<string> | undefined;

/** The names that the support code defines. */
function ofSupport(): ReadonlySet<string> {
  support ??= new Set(
    [...supportCode().matchAll(/^#define (\w+)|\(\*const (\w+)\)/gm)].map(
      ([, macro, helper]) => macro ?? helper ?? "",
    ),
  );
  return support;
}

function withoutSupport(scan: Prescan): Prescan {
  const { defined } = scan;
  return { ...scan, defined: { ...defined, ordinary: new Set([...defined.ordinary, ...ofSupport()]) } };
}
