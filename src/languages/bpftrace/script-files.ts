import type { SourceText } from "../../source/source-text.ts";

/** The files that a script may name. `from` is the name of the text that names them. */
export interface ScriptFiles {
  /** A script or a header, or the scripts of a directory; undefined where there is none. */
  imported(path: string, from: string): readonly SourceText[] | undefined;
  /** What #include means. Without `from` it stood in angle brackets, and only given directories are searched. */
  header(path: string, from: string | undefined): SourceText | undefined;
}

/** None. */
export const NO_FILES: ScriptFiles = { imported: () => undefined, header: () => undefined };
