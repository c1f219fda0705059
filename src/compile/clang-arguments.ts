/** "tree": the syntax tree as JSON. "preprocess": the text with macros expanded. "object": a BPF object file. */
export type CompileMode = "tree" | "preprocess" | "object";

/** What a user may say to the compiler. */
export interface CompileFlags {
  /** -D, -U, -I, -W and -f words, as bcc's cflags. */
  readonly cflags?: readonly string[];
  /** Where `#include "name"` finds the user's own headers. */
  readonly directory?: string | undefined;
}

const COMMON = ["-x", "c", "-std=gnu17", "-target", "bpf", "-nostdinc", "-fno-color-diagnostics"];

/** Our declarations and bcc's idioms are right though clang warns of them. */
const SILENT = [
  "-Wno-address-of-packed-member",
  "-Wno-microsoft-anon-tag",
  "-Wno-visibility",
  "-Wno-pointer-sign",
  "-Wno-unused-value",
  "-Wno-gnu-variable-sized-type-not-at-end",
  "-Wno-c2x-extensions",
  "-Wno-c23-extensions",
  "-Wno-unknown-warning-option",
  // Errors since clang 15 and 16; programs that were written with an older one are no worse.
  "-Wno-error=int-conversion",
  "-Wno-error=incompatible-function-pointer-types",
  "-fno-caret-diagnostics",
  "-ferror-limit=50",
];

const BY_MODE: Readonly<Record<CompileMode, readonly string[]>> = {
  tree: [...SILENT, "-fsyntax-only", "-Xclang", "-ast-dump=json", "-"],
  preprocess: ["-E", "-o", "-", "-"],
  // -mcpu=v3 (Linux 5.1) has 32-bit jumps, which halve many programs; -w because the tree's run has warned.
  object: ["-w", ...SILENT, "-O2", "-g", "-mcpu=v3", "-fno-stack-protector", "-c", "-o", "-", "-"],
};

export function clangArguments(mode: CompileMode, flags: CompileFlags): string[] {
  const user = [...(flags.cflags ?? [])];
  if (flags.directory !== undefined) user.push("-iquote", flags.directory);
  return [...COMMON, ...user, ...BY_MODE[mode]];
}
