import type { ValueKind } from "./declaration.ts";

interface Values {
  switch: boolean;
  number: number | undefined;
  numbers: number[] | undefined;
  text: string | undefined;
  texts: string[] | undefined;
  user: number | undefined;
}

/** The values that a usage text declares, by their names in camel case. */
export type OptionsOf<Text extends string> = string extends Text
  ? Readonly<Record<string, Values[ValueKind]>>
  : { readonly [D in Lines<Text, never> as CamelCase<D[0]>]: Values[D[1]] };

type Lines<Text extends string, Found> = Text extends `${infer Line}\n${infer Rest}`
  ? Lines<Rest, Found | LineOf<Line>>
  : Found | LineOf<Text>;

/** A line declares something when it is indented. */
type LineOf<Line extends string> = Line extends `  ${infer Rest}`
  ? Rest extends ` ${infer More}`
    ? LineOf<`  ${More}`>
    : Rest extends `-${infer Dashed}`
      ? Dashed extends `${string}-${infer Long}`
        ? Long extends `-${infer Name}`
          ? Declared<Name>
          : Declared<Long>
        : never
      : Rest extends `${string} <${string}`
        ? Declared<Rest>
        : never
  : never;

type Declared<Text extends string> = Text extends `${infer Name}  ${string}`
  ? WithKind<Name>
  : WithKind<Text>;

type WithKind<Text extends string> = Text extends `${infer Name} <${infer Kind extends keyof Values}>`
  ? [Name, Kind]
  : Text extends `${string} ${string}`
    ? never
    : [Text, "switch"];

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;
