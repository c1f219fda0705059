import type { Value } from "../../program/tir.ts";
import type { DeferredType, Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { isBuiltin } from "./builtin-names.ts";
import { CheckImportedCalls } from "./check-imported-calls.ts";
import { convert } from "./convert.ts";
import { NONE, typeName, UINT64 } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

/** What functions ask of their arguments. */
export abstract class CheckArguments extends CheckImportedCalls {
  complain(message: string, span: Span, hint?: string): void {
    this.error(message, span, hint);
  }

  doesNothing(call: CallExpression): Value {
    return this.does([], call.span);
  }

  /** A literal's number. */
  literalNumber(expression: Expression | undefined, fallback: bigint, message: string): bigint {
    if (expression === undefined) return fallback;
    const value = this.value(expression);
    if (value.kind === "constant" && isNumber(value.type)) return value.value;
    this.error(message, expression.span);
    return fallback;
  }

  /** A literal's text. */
  literalText(expression: Expression | undefined, call: CallExpression): string | undefined {
    let value = expression === undefined ? undefined : this.value(expression);
    // What a macro without statements gives.
    while (value?.kind === "block" && value.body.length === 0) value = value.value;
    if (value?.kind === "text") return value.bytes;
    this.error(`${call.name}() needs a string literal`, expression?.span ?? call.span);
    return undefined;
  }

  /** A type, or the type of an expression. */
  typeArgument(argument: Expression | undefined, call: CallExpression): Type {
    if (argument === undefined) {
      this.arity(call, 1);
      return NONE;
    }
    if (argument.kind === "type") return this.typeNamed(argument.type);
    if (argument.kind === "index" && argument.of.kind === "name" && argument.index.kind === "integer") {
      const bound = this.scope.expression(argument.of.name)?.expression;
      if (bound?.kind === "type") {
        return {
          kind: "array",
          of: this.typeArgument(argument.of, call),
          count: Number(argument.index.value),
        };
      }
    }
    if (argument.kind === "name" && !isBuiltin(argument.name)) {
      const bound = this.scope.expression(argument.name);
      if (bound !== undefined)
        return this.inScope(bound.scope, () => this.typeArgument(bound.expression, call));
      const type = this.state.types.find(argument.name);
      if (type !== undefined) return type;
    }
    return this.typeOf(argument);
  }

  number(call: CallExpression, at = 0): Value {
    const argument = call.arguments[at];
    const value = argument === undefined ? this.nothing(call.span) : this.value(argument);
    if (!isNumber(value.type) && value.type.kind !== "pointer" && value.type.kind !== "none") {
      return this.refuse(`${call.name}() expects an integer (${typeName(value.type)} provided)`, value.span);
    }
    return value;
  }

  /** A number that user space spells. */
  spelled(call: CallExpression, type: DeferredType): Value {
    const { span } = call;
    const argument = call.arguments.at(-1);
    if (argument === undefined) {
      this.arity(call, 1);
      return this.nothing(span);
    }
    const operand = convert(this.number(call, call.arguments.length - 1), UINT64);
    if (operand.type.kind === "none") return operand;
    return { kind: "reinterpret", operand: { kind: "convert", operand, type: UINT64, span }, type, span };
  }

  strings(call: CallExpression, count: number): Value[] {
    const values = call.arguments.slice(0, count).map((argument) => this.value(argument));
    for (const { type, span } of values) {
      if (type.kind !== "string" && type.kind !== "none")
        this.error(`${call.name}() expects a string (${typeName(type)} provided)`, span);
    }
    return values.some((value) => value.type.kind !== "string") ? [] : values;
  }

  /** Only with --unsafe. */
  unsafe(call: CallExpression): boolean {
    if (this.state.world.unsafe) return true;
    this.error(
      `${call.name}() is an unsafe function being used in safe mode`,
      call.span,
      "Allow it with --unsafe.",
    );
    return false;
  }

  /** The map that an argument names. */
  mapArgument(
    expression: Expression | undefined,
    call: CallExpression,
  ): { name: string; index: number } | undefined {
    if (expression?.kind === "map") {
      const name = this.scope.map(expression.name);
      this.state.map(name, expression.span);
      return { name, index: this.state.mapIndex(name) };
    }
    if (expression?.kind === "name") {
      const bound = this.scope.expression(expression.name);
      if (bound !== undefined)
        return this.inScope(bound.scope, () => this.mapArgument(bound.expression, call));
    }
    this.error(`${call.name}() expects a map to be provided`, expression?.span ?? call.span);
    return undefined;
  }
}
