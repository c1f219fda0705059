/**
 * The C text without its comments. Whichever of the two kinds begins first is taken first, so one may
 * stand in the other. A comment mark in a string literal is taken for a comment: that costs the rest of
 * the line, and inference reads nothing in string literals.
 */
export type StripComments<Text extends string> = Text extends `${string}/*${string}`
  ? Text extends `${string}//${string}`
    ? StripBoth<Text, "">
    : StripBlocks<Text, "">
  : StripLines<Text, "">;

type StripBoth<
  Text extends string,
  Done extends string,
> = Text extends `${infer Before}/*${string}*/${infer After}`
  ? Before extends `${infer Head}//${string}`
    ? Text extends `${Head}//${string}\n${infer Next}`
      ? StripBoth<Next, `${Done}${Head}\n`>
      : `${Done}${Head}`
    : StripBoth<After, `${Done}${Before} `>
  : StripLines<Text, Done>;

// Several comments a step: steps are what counts against the compiler's limits.
type StripBlocks<
  Text extends string,
  Done extends string,
> = Text extends `${infer A}/*${string}*/${infer B}/*${string}*/${infer C}/*${string}*/${infer After}`
  ? StripBlocks<After, `${Done}${A} ${B} ${C} `>
  : Text extends `${infer A}/*${string}*/${infer After}`
    ? StripBlocks<After, `${Done}${A} `>
    : `${Done}${Text}`;

type StripLines<
  Text extends string,
  Done extends string,
> = Text extends `${infer A}//${string}\n${infer B}//${string}\n${infer C}//${string}\n${infer D}//${string}\n${infer After}`
  ? StripLines<After, `${Done}${A}\n${B}\n${C}\n${D}\n`>
  : StripLine<Text, Done>;

type StripLine<Text extends string, Done extends string> = Text extends `${infer A}//${infer Comment}`
  ? Comment extends `${string}\n${infer After}`
    ? StripLine<After, `${Done}${A}\n`>
    : `${Done}${A}`
  : `${Done}${Text}`;
