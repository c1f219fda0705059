import type { Span } from "../../source/source-text.ts";

/** A whole script, as it was written. */
export interface Script {
  /** Files that are to be read, too. */
  readonly imports: readonly { readonly path: string; readonly span: Span }[];
  /** #include, #define, struct, union, enum, typedef: C, in order. */
  readonly preamble: readonly { readonly text: string; readonly span: Span }[];
  readonly settings: readonly { readonly name: string; readonly value: Expression; readonly span: Span }[];
  readonly mapDeclarations: readonly MapDeclaration[];
  readonly macros: readonly Macro[];
  readonly functions: readonly UserFunction[];
  readonly probes: readonly Probe[];
}

/** `let @m = lruhash(100)` */
export interface MapDeclaration {
  readonly name: string;
  readonly kind: string;
  readonly entries: number;
  readonly span: Span;
}

/** Parameters: `$v` gets a copy, a bare name the expression itself, `@m` a map. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly span: Span }[];
  readonly body: BlockExpression;
  readonly span: Span;
}

/** `fn add($a: int64, $b: int64): int64 { return $a + $b; }` */
export interface UserFunction {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: TypeName; readonly span: Span }[];
  /** Undefined: none is given back. */
  readonly returns: TypeName | undefined;
  readonly body: readonly Statement[];
  readonly span: Span;
}

export interface Probe {
  readonly points: readonly AttachText[];
  readonly predicate: Expression | undefined;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** An attach point with `$1` replaced: "kprobe:vfs_*". */
export interface AttachText {
  readonly text: string;
  readonly span: Span;
}

interface Node {
  readonly span: Span;
}

export type Statement =
  | (Node & { readonly kind: "expression"; readonly expression: Expression })
  | (Node & {
      readonly kind: "assign";
      readonly target: Expression;
      /** "" or the operator before the equals sign. */
      readonly operator: string;
      readonly value: Expression;
    })
  | (Node & {
      readonly kind: "let";
      readonly name: string;
      readonly type: TypeName | undefined;
      readonly value: Expression | undefined;
    })
  | (Node & { readonly kind: "discard"; readonly value: Expression })
  | IfStatement
  | (Node & { readonly kind: "while"; readonly test: Expression; readonly body: readonly Statement[] })
  | (Node & {
      readonly kind: "for-map";
      readonly variable: string;
      readonly map: Expression;
      readonly body: readonly Statement[];
    })
  | (Node & {
      readonly kind: "for-range";
      readonly variable: string;
      readonly from: Expression;
      readonly to: Expression;
      readonly body: readonly Statement[];
    })
  | (Node & { readonly kind: "unroll"; readonly count: Expression; readonly body: readonly Statement[] })
  | (Node & { readonly kind: "block"; readonly body: readonly Statement[] })
  | (Node & { readonly kind: "break" | "continue" })
  | (Node & { readonly kind: "return"; readonly value: Expression | undefined });

export interface IfStatement extends Node {
  readonly kind: "if";
  readonly test: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[] | undefined;
}

export type Expression =
  | (Node & { readonly kind: "integer"; readonly value: bigint; readonly unsigned?: boolean | undefined })
  | (Node & { readonly kind: "string"; readonly value: string })
  | (Node & { readonly kind: "boolean"; readonly value: boolean })
  | (Node & { readonly kind: "name"; readonly name: string })
  /** With the dollar sign. */
  | (Node & { readonly kind: "variable"; readonly name: string })
  /** With the at sign. */
  | (Node & { readonly kind: "map"; readonly name: string; readonly key: Expression | undefined })
  /** `$1`; 0 is `$#`. */
  | (Node & { readonly kind: "parameter"; readonly index: number })
  | CallExpression
  | (Node & { readonly kind: "unary"; readonly operator: string; readonly operand: Expression })
  | (Node & {
      readonly kind: "step";
      readonly operator: "++" | "--";
      readonly prefix: boolean;
      readonly target: Expression;
    })
  | (Node & {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    })
  /** Without `value`: `test ?: otherwise`. */
  | (Node & {
      readonly kind: "conditional";
      readonly test: Expression;
      readonly value: Expression | undefined;
      readonly otherwise: Expression;
    })
  | (Node & { readonly kind: "cast"; readonly type: TypeName; readonly operand: Expression })
  | (Node & {
      readonly kind: "field";
      readonly of: Expression;
      readonly name: string;
      readonly arrow: boolean;
    })
  | (Node & { readonly kind: "index"; readonly of: Expression; readonly index: Expression })
  | (Node & { readonly kind: "tuple"; readonly items: readonly Expression[] })
  | (Node & {
      readonly kind: "record";
      readonly fields: readonly { readonly name: string; readonly value: Expression }[];
    })
  | BlockExpression
  | (Node & { readonly kind: "type"; readonly type: TypeName });

/** The expressions of a kind. */
export type ExpressionOf<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

export interface CallExpression extends Node {
  readonly kind: "call";
  readonly name: string;
  readonly nameSpan: Span;
  readonly arguments: readonly Expression[];
}

/** Statements, and the value of the last expression. */
export interface BlockExpression extends Node {
  readonly kind: "block-value";
  readonly body: readonly Statement[];
  readonly value: Expression | undefined;
}

/** A type as it was written: "struct file", "uint8", `typeof(x)`; then stars and brackets. */
export interface TypeName extends Node {
  readonly name: string;
  readonly of?: Expression | undefined;
  /** From the left: "*" or a count, undefined for `[]`. */
  readonly suffixes: readonly ("*" | number | undefined)[];
}
