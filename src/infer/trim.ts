type Space = " " | "\n" | "\t";

// Patterns without `infer` are made once for all texts: a test that fails costs nothing.
type StartsBlank = `${Space}${string}`;
type EndsBlank = `${string}${Space}`;

/** `S` without white space at both ends. */
export type Trim<S extends string> = S extends StartsBlank
  ? TrimStart<S>
  : S extends EndsBlank
    ? TrimEnd<S>
    : S;

// Indentation goes in steps of four.
type TrimStart<S extends string> = S extends `\n    ${infer R}` | `    ${infer R}`
  ? Trim<R>
  : S extends `${Space}${infer R}`
    ? Trim<R>
    : S;

type TrimEnd<S extends string> = S extends `${infer R}${Space}` ? Trim<R> : S;
