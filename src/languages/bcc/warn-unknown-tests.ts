import type { KernelFacts } from "../../facts/kernel-facts.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import type { SourceText } from "../../source/source-text.ts";
import { isKnownAbsent } from "./absent-macros.ts";
import { blankCommentsAndLiterals } from "./blank-text.ts";
import { definedNamesOf } from "./definitions.ts";
import type { Prescan } from "./prescan.ts";

const DIRECTIVE = /^[ \t]*#[ \t]*(?:ifdef|ifndef|if|elif)\b((?:\\\r?\n|[^\n])*)/gm;
/** What the compiler itself defines, or would on another machine. */
const COMPILERS =
  /^(?:__\w+__|__(?:clang|GNUC|x86_64|amd64|aarch64|arm|i386|powerpc64?|mips|riscv|s390x?|LP64|bpf|BPF)\w*)$/i;
const OURS = new Set(["defined", "LINUX_VERSION_CODE", "KBUILD_MODNAME", "__KERNEL__", "__BPF_TRACING__"]);

/**
 * Warns where a program asks for a macro of which nothing is known: real headers might define it, and then the
 * program would be another one. `files` are those of the library of definitions: what they leave out because the
 * program does not include its header is rightly undefined.
 */
export function warnUnknownTests(
  source: SourceText,
  scan: Prescan,
  facts: KernelFacts,
  files: readonly string[],
): Diagnostic[] {
  const text = blankCommentsAndLiterals(source.text);
  const undefinedHere = new Set(
    [...text.matchAll(/^[ \t]*#[ \t]*undef[ \t]+(\w+)/gm)].map(([, name]) => name),
  );
  const library = definedNamesOf(files);
  const known = (name: string) =>
    OURS.has(name) ||
    COMPILERS.test(name) ||
    library.has(name) ||
    scan.defined.macros.has(name) ||
    undefinedHere.has(name) ||
    isKnownAbsent(name, facts.versionCode) ||
    (isOption(name) && (facts.knowsConfig?.(name) ?? true)) ||
    // An enumerator is no macro, for a compiler with headers either.
    facts.btf.enumerator(name) !== undefined;
  const diagnostics: Diagnostic[] = [];
  const told = new Set<string>();
  for (const directive of text.matchAll(DIRECTIVE)) {
    const condition = directive[1] ?? "";
    const begin = directive.index + directive[0].length - condition.length;
    for (const match of condition.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)) {
      const name = match[0];
      if (told.has(name) || known(name)) continue;
      told.add(name);
      const start = begin + match.index;
      diagnostics.push(warning(name, source, { start, end: start + name.length }));
    }
  }
  return diagnostics;
}

function warning(name: string, source: SourceText, span: Diagnostic["span"]): Diagnostic {
  const message = isOption(name)
    ? `this kernel does not tell whether it has ${name}: it counts as off`
    : `nothing is known of ${name}: it counts as not defined`;
  const hint = `Give -D${name}=... to the compiler where the kernel defines it; #undef ${name} says that it is not.`;
  return { severity: "warning", code: "MACRO_TEST", message, source, span, hint };
}

function isOption(name: string): boolean {
  return name.startsWith("CONFIG_");
}
