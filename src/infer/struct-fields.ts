import type { ScalarTypes } from "./scalar-types.ts";
import type { Trim } from "./trim.ts";

/**
 * A member as it is written: name, type, and what the declarator adds to the type: "" nothing, "[]" for
 * each dimension of an array, ":N" the width of a bit-field. A pointer has the type "*".
 */
export type Field = readonly [name: string, type: FieldType, suffix: string];

/** The spelling of a type, or the members of a struct or union that is written in place. */
export type FieldType = string | Block<Field>;

export interface Block<F> {
  readonly fields: F;
}

/** The union of the members in the text that follows a `{`, up to its `}`. */
export type FieldsIn<AfterBrace extends string> = AfterBrace extends `${infer Body}}${string}`
  ? Body extends `${string}{${string}`
    ? NestedFields<AfterBrace, never>[0]
    : FlatFields<Body, never>
  : never;

type FlatFields<Body extends string, Found> = Body extends `${infer Member};${infer Rest}`
  ? FlatFields<Rest, Found | FieldsOf<Trim<Member>>>
  : Found;

/** The members up to the `}` that belongs to the `{` before `Rest`, and the text after that. */
type NestedFields<Rest extends string, Found> = Rest extends `${infer Member};${infer Next}`
  ? Member extends `${infer Head}{${string}`
    ? FieldsInPlace<Head, Rest> extends [infer Fields, infer After extends string]
      ? NestedFields<After, Found | Fields>
      : [Found, ""]
    : Member extends `${string}}${string}`
      ? [Found, Rest extends `${string}}${infer After}` ? After : ""]
      : NestedFields<Next, Found | FieldsOf<Trim<Member>>>
  : [Found, Rest];

/**
 * The members that `Head { … } declarators;` makes at the start of `Text`, and the text after the `;`.
 * `Head` says whether it is a struct, a union or an enum.
 */
export type FieldsInPlace<Head extends string, Text extends string> = Text extends `${string}{${infer Body}`
  ? TypeInPlace<Head, Body> extends [infer Type extends FieldType, `${infer Declared};${infer After}`]
    ? [FieldsOfType<Type, Trim<Declared>>, After]
    : never
  : never;

type TypeInPlace<Head extends string, Body extends string> = Head extends `${string}enum${string}`
  ? Body extends `${string}}${infer After}`
    ? ["enum", After]
    : never
  : NestedFields<Body, never> extends [infer F, infer After]
    ? [Block<F>, After]
    : never;

// Without a name its members belong to the struct around it.
type FieldsOfType<Type extends FieldType, Declared extends string> = Declared extends ""
  ? Type extends Block<infer F>
    ? F
    : never
  : Declared extends `__attribute__((${string}))${infer Rest}`
    ? FieldsOfType<Type, Trim<Rest extends `)${infer R}` ? R : Rest>>
    : Declared extends `__packed${infer Rest}`
      ? FieldsOfType<Type, Trim<Rest>>
      : Declarators<Type, Declared>;

type IntegerWord = "unsigned" | "signed" | "long" | "short" | "int" | "char" | "__int128";
type LoneWord = Exclude<keyof ScalarTypes, "*" | Exclude<IntegerWord, "int" | "char">>;

/** The members that one declaration makes; it comes trimmed and without its `;`. */
export type FieldsOf<Member extends string> = Member extends `${infer Word} ${infer Rest}`
  ? Word extends LoneWord
    ? Declarators<Word, Rest>
    : Word extends "struct" | "union" | "enum"
      ? TaggedFields<Word, Trim<Rest>>
      : Word extends IntegerWord
        ? IntegerFields<Word, Rest>
        : Word extends "const" | "volatile"
          ? FieldsOf<Trim<Rest>>
          : Word extends `${string}${"*" | "#" | "\n" | "\t"}${string}`
            ? OddlySpacedFields<Member>
            : Declarators<Word, Rest>
  : OddlySpacedFields<Member>;

/** Preprocessor lines before the member, white space that is no blank, a star at the type. */
type OddlySpacedFields<Member extends string> = Member extends `#${infer Line}`
  ? Line extends `${string}\n${infer After}`
    ? FieldsOf<Trim<After>>
    : never
  : Member extends `${infer A}\n${infer B}`
    ? A extends `${string} ${string}`
      ? FieldsOf<`${A} ${Trim<B>}`>
      : FieldsAfterWord<A, Trim<B>>
    : Member extends `${infer A}\t${infer B}`
      ? FieldsOf<`${A} ${B}`>
      : Member extends `${infer Type}*${infer Rest}`
        ? Declarators<Type, `*${Rest}`>
        : never;

/** A word on a line of its own is the type, unless a whole member follows: then it is a macro. */
type FieldsAfterWord<Word extends string, Rest extends string> = Rest extends `${string} ${string}`
  ? FieldsOf<Rest>
  : FieldsOf<`${Word} ${Rest}`>;

type IntegerFields<Type extends string, Rest extends string> = Rest extends `${infer Word} ${infer After}`
  ? Word extends IntegerWord
    ? IntegerFields<`${Type} ${Word}`, After>
    : Word extends ""
      ? IntegerFields<Type, After>
      : Declarators<Type, Rest>
  : Declarators<Type, Rest>;

type TaggedFields<Kind extends string, Rest extends string> = Rest extends `${infer Tag} ${infer After}`
  ? Tag extends `${infer T}*${infer Stars}`
    ? Declarators<`${Kind} ${T}`, `*${Stars}${After}`>
    : Declarators<`${Kind} ${Tag}`, After>
  : OddlySpacedFields<`${Kind} ${Rest}`>;

type Declarators<
  Type extends FieldType,
  List extends string,
> = List extends `${string}${"*" | "[" | ":" | "," | "("}${string}`
  ? List extends `${infer Head}(${infer After}`
    ? ParenthesisedDeclarator<Type, List, Head, After>
    : List extends `${infer D},${infer More}`
      ? Declared<Type, Trim<D>> | Declarators<Type, More>
      : Declared<Type, Trim<List>>
  : readonly [Trim<List>, Type, ""];

/** A size with parentheses, a pointer to a function, or an attribute. */
type ParenthesisedDeclarator<
  Type extends FieldType,
  List extends string,
  Head extends string,
  After extends string,
> = Head extends `${string}[${string}`
  ? Declared<Type, Trim<List>>
  : After extends `*${infer Name})${string}`
    ? readonly [Trim<Name>, "*", ""]
    : Head extends `${infer D}__${string}`
      ? Declarators<Type, D>
      : never;

type Declared<Type extends FieldType, D extends string> = D extends `${infer Name}[${infer Size}`
  ? Name extends `*${infer To}`
    ? Declared<"*", `${Trim<To>}[${Size}`>
    : readonly [Trim<Name>, Type, Dimensions<Size>]
  : D extends `*${infer To}`
    ? Declared<"*", Trim<To>>
    : D extends `${infer Name}:${infer Width}`
      ? Trim<Name> extends ""
        ? never
        : readonly [Trim<Name>, Type, `:${Trim<Width>}`]
      : D extends `const ${infer To}`
        ? Declared<Type, Trim<To>>
        : readonly [D, Type, ""];

type Dimensions<Size extends string> = Size extends `${string}[${infer More}`
  ? `[]${Dimensions<More>}`
  : "[]";
