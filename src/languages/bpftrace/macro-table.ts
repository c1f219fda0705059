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

  /**
   * The macro that a call at a place means. Where several have as many parameters, the one that asks most of what it is
   * given: variables and maps before expressions. One that does not fit where there is no other.
   */
  find(name: string, given: readonly ArgumentKind[], from: Span): Macro | undefined {
    const named = this.#macros.get(name)?.filter((macro) => !isLibrary(from) || isLibrary(macro.span)) ?? [];
    const counted = named.filter(({ parameters }) => parameters.length === given.length);
    const fitting = counted.filter(({ parameters }) =>
      parameters.every(
        (parameter, i) => wantedKind(parameter.name) === "any" || wantedKind(parameter.name) === given[i],
      ),
    );
    const asks = ({ parameters }: Macro) => parameters.filter((one) => wantedKind(one.name) !== "any").length;
    const [best] = fitting.toSorted((a, b) => asks(b) - asks(a));
    return best ?? counted[0] ?? named[0];
  }

  names(): Iterable<string> {
    return this.#macros.keys();
  }
}

/** What an argument is, as far as macros ask. */
export type ArgumentKind = "variable" | "map" | "any";

/** What a parameter's name asks for: `$x`, `@x` or `x`. */
export function wantedKind(parameter: string): ArgumentKind {
  return parameter.startsWith("$") ? "variable" : parameter.startsWith("@") ? "map" : "any";
}

function isLibrary({ source }: Span): boolean {
  return source?.name.startsWith(LIBRARY) ?? false;
}
