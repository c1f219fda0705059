import type { ArrayOf, ScalarTypes, ValueOf } from "./scalar-types.ts";
import type { Block, Field, FieldsIn, FieldsInPlace, FieldsOf, FieldType } from "./struct-fields.ts";
import type { Trim } from "./trim.ts";

/**
 * The TypeScript type of the values of a C type, as the run-time codec makes them: up to 32 bits number,
 * wider ones and pointers bigint, `char[N]` string, `u8[N]` Uint8Array, structs and unions objects.
 * `unknown` for a type that `Text` does not define, such as a struct of the kernel.
 */
export type ValueOfType<Text extends string, Spelling extends string> = Spelling extends keyof ScalarTypes
  ? ValueOf<ScalarTypes[Spelling]>
  : Spelling extends `${string}*`
    ? bigint
    : ValueOf<BaseOf<Text, Spelling>>;

type BaseOf<Text extends string, Type extends FieldType> = Type extends keyof ScalarTypes
  ? ScalarTypes[Type]
  : Type extends Block<infer F extends Field>
    ? FieldsObject<Text, F>
    : Type extends `struct ${infer Tag}`
      ? Defined<Text, BodyOf<Text, "struct", Trim<Tag>>>
      : Type extends `union ${infer Tag}`
        ? Defined<Text, BodyOf<Text, "union", Trim<Tag>>>
        : Type extends `enum${string}`
          ? number
          : Type extends `const ${infer Other}`
            ? BaseOf<Text, Trim<Other>>
            : Type extends keyof Typedefs<Text>
              ? Suffixed<Text, Typedefs<Text>[Type]>
              : unknown;

type Defined<Text extends string, AfterBrace> = AfterBrace extends string
  ? FieldsObject<Text, FieldsIn<AfterBrace>>
  : unknown;

/** What follows the `{` of the definition, undefined when there is none. */
type BodyOf<
  Text extends string,
  Kind extends string,
  Tag extends string,
> = Text extends `${string}${Kind} ${Tag} {${infer After}`
  ? After
  : Text extends `${string}${Kind} ${Tag}{${infer After}`
    ? After
    : Text extends `${string}${Kind} ${Tag}\n{${infer After}`
      ? After
      : Text extends `${string}${Kind} ${Tag}${"  " | "\t" | " \n"}{${infer After}`
        ? After
        : undefined;

// The condition keeps the alias, and with it the whole text, out of the type that messages show.
type FieldsObject<Text extends string, F extends Field> = [F] extends [never]
  ? unknown
  : { [Each in F as Each[0]]: ValueOf<Suffixed<Text, Each>> };

type Suffixed<Text extends string, F extends Field> = F[2] extends ""
  ? BaseOf<Text, F[1]>
  : F[2] extends `:${infer Width}`
    ? BitField<BaseOf<Text, F[1]>, Width>
    : Nested<BaseOf<Text, F[1]>, F[2]>;

type Nested<Base, Dimensions extends string> = Dimensions extends `[]${infer More}[]`
  ? Nested<Base, `${More}[]`>[]
  : ArrayOf<Base>;

type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type WideBits = `${"4" | "5" | "6"}${Digit}` | `3${Exclude<Digit, "0" | "1" | "2">}`;

// The width decides and not the type, as at run time: u64 x:10 is a number.
type BitField<Base, Width extends string> = [Base] extends [boolean]
  ? boolean
  : Width extends WideBits
    ? bigint
    : number;

/** The typedefs of the text by name. */
type Typedefs<Text extends string> = {
  [Each in TypedefFields<Text, never> as Each[0]]: Each;
};

type TypedefFields<Text extends string, Found extends Field> = Text extends `${string}typedef ${infer Rest}`
  ? Rest extends `${infer Declaration};${infer After}`
    ? Declaration extends `${infer Head}{${string}`
      ? FieldsInPlace<Head, Rest> extends [infer F extends Field, infer Next extends string]
        ? TypedefFields<Next, Found | F>
        : TypedefFields<After, Found>
      : TypedefFields<After, Found | FieldsOf<Trim<Declaration>>>
    : Found
  : Found;

/** The names of the typedefs of the text. */
export type TypedefNames<Text extends string> = keyof Typedefs<Text> & string;
