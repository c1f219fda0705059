import type { ScalarTypes } from "./scalar-types.ts";
import type { Trim } from "./trim.ts";

/**
 * The spelling of the type with which `Variable` (or a pointer of that name) is declared in the text of a
 * function: `struct data_t`, a name out of `Typedef`, or a number type; undefined when it is not found.
 */
export type VariableType<Body extends string, Variable extends string, Typedef extends string> =
  StructOf<Body, `${"" | "*" | "* "}${Variable}${DeclaratorEnd}${string}`, never> extends infer Found
    ? [Found] extends [never]
      ? NamedType<Body, ` ${Variable}`, Typedef | keyof ScalarTypes> extends infer Plain extends string
        ? Plain
        : NamedType<Body, `*${Variable}`, Typedef | keyof ScalarTypes>
      : Found
    : never;

// An array is left out: of what is handed over its name says nothing of the size.
type DeclaratorEnd = ";" | " " | "=" | "," | ")" | "\n";

type NotInTag = ";" | "," | "(" | ")" | "=" | "\n";

/** The last `struct tag declaration` wins, as the nearest one. */
type StructOf<
  Body extends string,
  Declaration extends string,
  Found,
> = Body extends `${string}struct ${infer Tag} ${infer After}`
  ? After extends Declaration
    ? Tag extends `${string}${NotInTag}${string}`
      ? StructOf<After, Declaration, Found>
      : StructOf<After, Declaration, `struct ${Tag extends `${infer T}*` ? T : Tag}`>
    : StructOf<`${Tag} ${After}`, Declaration, Found>
  : Found;

/** The first `name variable` where the name is a type. */
type NamedType<
  Body extends string,
  Variable extends string,
  Names extends string,
> = Body extends `${infer Before}${Variable}${infer After}`
  ? After extends `${DeclaratorEnd}${string}`
    ? Pointed<LastStatement<Before>> extends infer Name extends Names
      ? Name
      : NamedType<After, Variable, Names>
    : NamedType<After, Variable, Names>
  : undefined;

type Pointed<Spelling extends string> = Spelling extends `${infer To}*`
  ? Pointed<Trim<To>>
  : Spelling extends `const ${infer To}`
    ? Trim<To>
    : Spelling;

/** What follows the last line end, semicolon, brace, parenthesis or comma. */
type LastStatement<Text extends string> = Trim<
  LastPart<LastPart<LastPart<LastPart<LastPart<Text, "\n">, ";">, "{">, "(">, ",">
>;

type LastPart<
  Text extends string,
  Mark extends string,
> = Text extends `${string}${Mark}${string}${Mark}${string}${Mark}${string}${Mark}${infer After}`
  ? LastPart<After, Mark>
  : Text extends `${string}${Mark}${infer After}`
    ? LastPart<After, Mark>
    : Text;
