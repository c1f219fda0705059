import type { Diagnostic } from "../source/diagnostic.ts";
import type { SourceText } from "../source/source-text.ts";

/** How an object is to be loaded; whatever is not said stays as the object says it. */
export interface LoadOptions {
  /** The object's name in messages, and in the kernel the beginning of the names of its data maps. */
  readonly name?: string;
  /** By the name of the program's function. */
  readonly programs?: Readonly<Record<string, ProgramOptions>>;
  /** By the map's name. */
  readonly maps?: Readonly<Record<string, MapOptions>>;
  /** 1 or 2 keep the verifier's log of every program in LoadedProgram.log; 0 unless told. */
  readonly logLevel?: 0 | 1 | 2;
  /** Where a place that the object's line information gives stands in the text that the user wrote. */
  readonly describe?: (place: ObjectPlace) => UserPlace | undefined;
  /** The user's C: line information refers to it when its file name is this text's name. */
  readonly source?: SourceText;
}

export interface ProgramOptions {
  /** enum bpf_prog_type. */
  readonly type?: number;
  /** enum bpf_attach_type. */
  readonly expectedAttachType?: number;
  /** false leaves the program out. */
  readonly autoload?: boolean;
  /** The kernel function that an fentry, fexit or LSM program is for. */
  readonly attachTarget?: string;
}

export interface MapOptions {
  readonly maxEntries?: number;
  /** A path in a BPF file system: the map is taken from there, or made and pinned there. */
  readonly pin?: string;
  /** A map that is in the kernel already and takes the declared one's place; of any kind unless `sameKind`. */
  readonly reuse?: { readonly fd: number; readonly sameKind: boolean };
}

/** A place as the object's .BTF.ext names it. Line and column count from 1. */
export interface ObjectPlace {
  readonly program: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line's text as clang saw it. */
  readonly text: string;
}

/** A part of the user's text. */
export type UserPlace = Pick<Diagnostic, "source" | "span">;
