import type { CompileMode } from "./clang-arguments.ts";
import type { ClangRun } from "./clang-run.ts";

/** What a guest asks of the host's clang. */
export type ClangRequest = ClangRun & { readonly id: string };

/** A request's first line: all but the code, whose bytes follow the line. */
export interface RequestHead extends Omit<ClangRequest, "code"> {
  /** Bytes of the code. */
  readonly length: number;
}

const MODES: readonly CompileMode[] = ["tree", "preprocess", "object"];

/** Bytes. A program's declarations of kernel types are some hundred KiB. */
export const LONGEST_HEAD = 1 << 20;
const LONGEST_CODE = 1 << 26;

/**
 * Definitions, warnings and include directories. Words as -Wp,-MD,FILE are no warnings: they have clang write a
 * file of the host, which the guest may not change.
 */
const HARMLESS_FLAG = /^-(?:[DUI].|W(?![alp],))/s;

/** Reads the line. A guest is not trusted, so anything that a client of ours does not send throws TypeError. */
export function parseHead(line: string): RequestHead {
  const { id, mode, flags, length } = object(JSON.parse(line));
  const { cflags = [], directory } = object(flags);
  if (typeof id !== "string" || id.length > 100) throw new TypeError("a request has no id");
  if (!MODES.includes(mode as CompileMode)) throw new TypeError(`there is no mode ${String(mode)}`);
  if (typeof length !== "number" || !(length >= 0 && length <= LONGEST_CODE)) {
    throw new TypeError(`no text has ${String(length)} bytes`);
  }
  if (!Array.isArray(cflags) || !cflags.every((flag) => typeof flag === "string")) {
    throw new TypeError("the flags are no list of words");
  }
  // A word that begins with @ would be the name of a file with more words.
  if (directory !== undefined && !(typeof directory === "string" && directory.startsWith("/"))) {
    throw new TypeError("the directory of headers must be absolute");
  }
  return { id, mode: mode as CompileMode, length, flags: { cflags: cflags as string[], directory } };
}

/** Those of a request's flags that the host does not give to its clang. */
export function refusedFlags({ flags }: Pick<ClangRequest, "flags">): string[] {
  return (flags.cflags ?? []).filter((flag) => !HARMLESS_FLAG.test(flag));
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new TypeError(`${JSON.stringify(value)} is no object`);
}
