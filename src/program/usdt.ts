/** How an argument of a probe is found when the program reaches it. */
export type UsdtPlace =
  /** Decimal: 64 bit numbers are exact. */
  | { readonly kind: "constant"; readonly value: string }
  /** A member of struct pt_regs, from a bit on. */
  | { readonly kind: "register"; readonly register: string; readonly shift: number }
  /** User memory at base + index * scale + offset; "ip" as base is the probe's own address. */
  | {
      readonly kind: "memory";
      readonly base?: string | undefined;
      readonly index?: string | undefined;
      readonly scale: number;
      readonly offset: number;
    }
  /** Something that cannot be read: a vector register, an unknown form. */
  | { readonly kind: "unknown"; readonly text: string };

/** An argument of a probe that a program declares of itself. */
export interface UsdtArgument {
  /** Bytes. */
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly place: UsdtPlace;
}

/** One place in a program or library where a probe stands. */
export interface UsdtLocation {
  readonly path: string;
  /** Of the instruction. */
  readonly fileOffset: number;
  /** Where in the file the counter lies that tells the program whether anybody listens; 0 when there is none. */
  readonly semaphore: number;
  readonly arguments: readonly UsdtArgument[];
}

/** A probe that a program declares of itself (user statically-defined tracing), with all its places. */
export interface UsdtProbe {
  readonly provider: string;
  readonly name: string;
  readonly locations: readonly UsdtLocation[];
}

/** "provider:name" */
export function usdtName({ provider, name }: Pick<UsdtProbe, "provider" | "name">): string {
  return `${provider}:${name}`;
}

/**
 * True when some argument lies elsewhere at one location than at another: then a program has to know at which it
 * runs, which the kernel tells by a cookie.
 */
export function differsByLocation({ locations }: Pick<UsdtProbe, "locations">): boolean {
  return new Set(locations.map((location) => JSON.stringify(location.arguments))).size > 1;
}
