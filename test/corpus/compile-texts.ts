import { buildProgram } from "../../src/build-program.ts";
import type { BuiltProgram } from "../../src/built-program.ts";
import type { KernelFacts } from "../../src/facts/kernel-facts.ts";
import { SourceText } from "../../src/source/source-text.ts";
import { usdtPrograms } from "../../src/usdt.ts";
import { madeUsdt } from "./made-usdt.ts";
import { reasonOf } from "./reason.ts";
import type { ToolText } from "./record-texts.ts";

export interface Compiled {
  readonly text: ToolText;
  readonly built?: BuiltProgram;
  /** The first error's line, as a user sees it. */
  readonly error?: string;
  readonly warnings: readonly string[];
}

/** The name that a text has in messages, the same wherever it is compiled: it is part of the cache's key. */
export const TEXT_NAME = "corpus.c";

/** Compiles each different text once, two at a time. */
export async function compileTexts(texts: readonly ToolText[], facts: KernelFacts): Promise<Compiled[]> {
  const done = new Map<string, Promise<Omit<Compiled, "text">>>();
  const results: Compiled[] = new Array(texts.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < texts.length; i = next++) {
      const text = texts[i] as ToolText;
      const key = JSON.stringify([text.text, text.cflags, text.usdt]);
      const compiling = done.get(key) ?? compileText(text, facts);
      done.set(key, compiling);
      results[i] = { text, ...(await compiling) };
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

async function compileText(text: ToolText, facts: KernelFacts): Promise<Omit<Compiled, "text">> {
  const source = new SourceText(TEXT_NAME, text.text);
  try {
    const built = await buildProgram(source, {
      facts,
      cflags: text.cflags,
      usdt: usdtPrograms(madeUsdt(text.usdt)),
      warn: () => {},
    });
    return { built, warnings: built.program.warnings.map(({ message }) => message) };
  } catch (error) {
    return { error: reasonOf(error), warnings: [] };
  }
}
