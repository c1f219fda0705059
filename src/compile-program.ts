import type { BuildOptions, BuiltProgram } from "./built-program.ts";
import { CFrontEnd, compileObject } from "./compile/c-front-end.ts";
import { ClangSession } from "./compile/clang-session.ts";
import type { AstNode } from "./languages/bcc/syntax-tree.ts";
import { type CFrontEnd as FrontEnd, translate } from "./languages/bcc/translate.ts";
import type { Program } from "./program/program.ts";
import { headerReader } from "./read-own-header.ts";
import type { SourceText } from "./source/source-text.ts";

/** The translation alone: C text for clang. */
export async function translateProgram(source: SourceText, options: BuildOptions): Promise<Program> {
  const clang = new ClangSession(options, options.signal);
  return translateWith(frontEndOf(clang), source, options);
}

/**
 * Translates and compiles a text. Clang starts before its texts are there: the first one while the kernel's
 * types are read, the second while the first looks at the text.
 */
export async function compileProgram(source: SourceText, options: BuildOptions): Promise<BuiltProgram> {
  const clang = new ClangSession(options, options.signal);
  try {
    clang.start("tree");
    const frontEnd = frontEndOf(clang, () => {
      clang.start("object");
      options.whileParsing?.();
    });
    const program = await translateWith(frontEnd, source, options);
    const compiling = compileObject(program.code, source, clang);
    // Until the text is on its way nothing else may hold up this thread.
    setImmediate(() => options.whileCompiling?.());
    return { program, object: await compiling, fromCache: false };
  } finally {
    clang.close();
  }
}

function translateWith(frontEnd: FrontEnd, source: SourceText, options: BuildOptions): Promise<Program> {
  return translate(source, options.facts, frontEnd, {
    readHeader: headerReader(options.directory, options.cflags),
    usdt: options.usdt,
    cflags: options.cflags,
    plainReads: options.plainReads,
    keepBounds: options.keepBounds,
  });
}

type Parsed = Awaited<ReturnType<FrontEnd["parse"]>>;

function frontEndOf(clang: ClangSession, onParse?: () => void): FrontEnd {
  const frontEnd = new CFrontEnd(clang);
  return {
    preprocess: (code, text) => frontEnd.preprocess(code, text),
    parse: async (code, text) => {
      const parsed = frontEnd.parse(code, text);
      onParse?.();
      const { tree, diagnostics } = await parsed;
      return { tree: tree as AstNode, diagnostics } satisfies Parsed;
    },
  };
}
