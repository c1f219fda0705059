import type { TypedAction, TypedMap } from "../program/tir.ts";
import type { Span } from "../source/source-text.ts";

/** What a script's programs have in common. */
export interface LoweringContext {
  readonly maps: readonly TypedMap[];
  readonly cpus: number;
  /** The map of one number that time series take for the clock, for trying them out. */
  readonly seriesClock?: string | undefined;
  /** Definitions that stand before the programs, by what they say. */
  define(text: (name: string) => string, prefix: string): string;
  /** An action that tells user space of something that went wrong at a place, by its index. */
  report(what: Pick<TypedAction, "kind" | "format" | "helper" | "message">, span: Span): number;
  /** Look-ups of missing keys, and paths that the kernel does not tell, are told, too. */
  readonly helperErrors: boolean;
}
