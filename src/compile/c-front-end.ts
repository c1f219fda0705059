import type { Diagnostic } from "../source/diagnostic.ts";
import { SourceError } from "../source/source-error.ts";
import type { SourceText } from "../source/source-text.ts";
import { readMessages } from "./clang-messages.ts";
import type { ClangResult } from "./clang-run.ts";
import type { ClangSession } from "./clang-session.ts";
import { CompilerError } from "./compiler-error.ts";
import { explainGeneration } from "./explain-generation.ts";
import { findAddressTables } from "./find-address-tables.ts";

/** Clang as the languages use it before code is made. */
export class CFrontEnd {
  readonly #clang: ClangSession;

  constructor(clang: ClangSession) {
    this.#clang = clang;
  }

  /** The syntax tree as clang's JSON has it, and what clang says of the text. A wrong text gives a partial tree. */
  async parse(
    code: string,
    source: SourceText,
  ): Promise<{ tree: unknown; diagnostics: readonly Diagnostic[] }> {
    const result = await this.#clang.run("tree", code);
    const diagnostics = readMessages(result.messages, source);
    if (!diagnostics.some((d) => d.severity === "error")) refuseFailure(result);
    const failed = result.status !== 0;
    return { tree: failed ? undefined : JSON.parse(result.output.toString()), diagnostics };
  }

  /** The text with its macros expanded and clang's line markers. */
  async preprocess(code: string, source: SourceText): Promise<string> {
    const result = await this.#clang.run("preprocess", code);
    throwErrors(result, source);
    return result.output.toString();
  }
}

/** Compiles C into a BPF object file. */
export async function compileObject(
  code: string,
  source: SourceText,
  clang: ClangSession,
): Promise<Uint8Array> {
  const result = await clang.run("object", code);
  throwErrors(result, source);
  const tables = findAddressTables(result.output, source);
  if (tables.length > 0) throw new SourceError(tables);
  return result.output;
}

function throwErrors(result: ClangResult, source: SourceText): void {
  const diagnostics = explainGeneration(readMessages(result.messages, source));
  if (diagnostics.some((d) => d.severity === "error")) throw new SourceError(diagnostics);
  refuseFailure(result);
}

/** A failure that no message about the text explains is the compiler's own. */
function refuseFailure({ status, messages }: ClangResult): void {
  if (status === 0) return;
  const isFlag = /(?:unknown|unsupported) (?:argument|option)|invalid (?:value|argument)/.test(messages);
  const hint = isFlag
    ? "It is one of the words in cflags: -D, -U, -I, -W and -f are for those."
    : "Set BCC_TS_CLANG to another clang >= 14 to see whether this one is at fault.";
  throw new CompilerError(`clang failed with status ${status}: ${messages.trim().slice(0, 400)}`, { hint });
}
