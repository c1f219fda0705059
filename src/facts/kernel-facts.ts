import type { Btf } from "../btf/btf.ts";
import type { ModuleFacts } from "./module-facts.ts";

/** The machine kinds whose registers and calling convention are known. */
export type Architecture = "x86_64" | "aarch64";

/**
 * All that a compilation may know of a kernel. It is taken from the running kernel or from a recorded
 * file, so one can compile for another kernel, and test without one. Nothing else about a kernel may
 * reach a language or the compiler.
 */
export interface KernelFacts {
  /** As `uname -r` prints it. */
  readonly release: string;
  /** LINUX_VERSION_CODE: major << 16 | minor << 8 | patch, patch at most 255. */
  readonly versionCode: number;
  readonly architecture: Architecture;
  /** Same identity, same kernel build: part of the key of every cached object. */
  readonly identity: string;
  /** The types of the kernel itself (not of its modules). Read when first asked for. */
  readonly btf: Btf;
  /** Its modules' types, where they can be told. */
  readonly modules?: ModuleFacts | undefined;
  /** "y", "m", or the text of the value; undefined when the option is off or unknown. */
  config(option: string): string | undefined;
  /** False for an option that may be on and nothing tells; where the method is missing, all can be told. */
  knowsConfig?(option: string): boolean;
  /** The text of a tracepoint's `format` file, undefined when there is no such tracepoint. */
  tracepointFormat(category: string, event: string): string | undefined;
  /** Names of tracepoint events of a category, or of the categories; for near-miss hints. */
  tracepoints(category?: string): readonly string[];
  /** True when a function or variable of that name is in the kernel's symbol table. */
  hasSymbol(name: string): boolean;
}
