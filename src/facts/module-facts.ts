import type { Btf } from "../btf/btf.ts";
import type { BtfKind } from "../btf/btf-type.ts";

/** The types of a kernel's loaded modules, each module's on top of the kernel's own. */
export interface ModuleFacts {
  /** The module that has the most of these structs, unions and enums; undefined when none has one. */
  typesOf(tags: readonly string[]): ModuleTypes | undefined;
  /** The modules that have types. */
  names(): readonly string[];
  /** The types of a module; undefined when it is not loaded or has none. */
  named(module: string): ModuleTypes | undefined;
  /** The first module that has something of that kind and name of its own. */
  having(kinds: readonly BtfKind[], name: string): ModuleTypes | undefined;
  /** What tells one build of a module from another; undefined when it is not loaded. */
  identityOf(module: string): string | undefined;
}

/** A module's types. Its BTF finds those of the kernel, too. */
export interface ModuleTypes {
  readonly module: string;
  /** A digest of its types, made when it is asked for. */
  readonly identity: string;
  readonly btf: Btf;
}
