import type { Span } from "../../source/source-text.ts";
import type { Macro } from "./ast.ts";
import { LIBRARY } from "./standard-library.ts";

/** Macros by name and number of parameters. What a script defines stands before what the library does, but not in it. */
export class MacroTable {
  readonly #macros = new Map<string, Macro[]>();

  constructor(macros: readonly Macro[]) {
    for (const macro of macros) {
      const same = this.#macros.get(macro.name);
      if (same === undefined) this.#macros.set(macro.name, [macro]);
      else same.unshift(macro);
    }
  }

  /** The macro that a call at a place means; one with another number of parameters where there is none that fits. */
  find(name: string, count: number, from: Span): Macro | undefined {
    const named = this.#macros.get(name)?.filter((macro) => !isLibrary(from) || isLibrary(macro.span)) ?? [];
    return named.find((macro) => macro.parameters.length === count) ?? named[0];
  }

  names(): Iterable<string> {
    return this.#macros.keys();
  }
}

function isLibrary({ source }: Span): boolean {
  return source?.name.startsWith(LIBRARY) ?? false;
}
