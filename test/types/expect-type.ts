/** True when two types are the same, not only assignable to each other. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `expectType<Equal<A, B>>()` compiles only when the types are the same. */
export function expectType<Holds extends true>(): Holds | undefined {
  return undefined;
}

/** `T[K]` for a `T` that is not known enough yet to have a `K`. */
export type At<T, K> = K extends keyof T ? T[K] : never;
