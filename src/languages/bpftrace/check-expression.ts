import type { Value } from "../../program/tir.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression, ExpressionOf } from "./ast.ts";
import { builtinNames, isBuiltin } from "./builtin-names.ts";
import { CheckMapValues } from "./check-map-value.ts";
import { kernelConstant } from "./kernel-constants.ts";
import { placedAt } from "./placed-at.ts";
import { numberOf } from "./read-number.ts";
import { BOOLEAN, INT64, literalType, UINT64 } from "./type-names.ts";

/** Expressions: their types, and what they do. */
export abstract class CheckExpressions extends CheckMapValues {
  abstract builtin(name: string, span: Span): Value;
  abstract call(call: CallExpression): Value;
  /** `args.name`, `config().name`. */
  abstract specialField(field: ExpressionOf<"field">): Value | undefined;
  /** An expression out of a text that is not the user's. */
  abstract parsed(name: string, text: string): Expression | undefined;
  /** True for the names of functions and builtins. */
  abstract isFunction(name: string): boolean;

  override value(expression: Expression): Value {
    switch (expression.kind) {
      case "integer": {
        const { value, unsigned, span } = expression;
        return this.constant(value, unsigned ? UINT64 : literalType(value), span);
      }
      case "string":
        return this.text(expression.value, expression.span);
      case "boolean":
        return this.constant(expression.value ? 1n : 0n, BOOLEAN, expression.span);
      case "name":
        return this.name(expression);
      case "variable":
        return this.variable(expression);
      case "map":
        return this.mapValue(expression);
      case "parameter":
        return this.parameter(expression);
      case "call": {
        const macro = this.macroOf(expression);
        const replaces =
          macro?.parameters.length === expression.arguments.length || !this.isFunction(expression.name);
        return macro === undefined || !replaces ? this.call(expression) : this.expand(macro, expression);
      }
      case "unary":
        return this.unary(expression);
      case "step":
        return this.step(expression);
      case "binary":
        return this.binary(expression);
      case "conditional":
        return this.conditional(expression);
      case "cast":
        return this.cast(expression);
      case "field":
        return this.specialField(expression) ?? this.field(expression);
      case "index":
        return this.index(expression);
      case "tuple": {
        const items = expression.items.map((item) => this.value(item));
        return {
          kind: "compose",
          items,
          type: { kind: "tuple", items: items.map((i) => i.type) },
          span: expression.span,
        };
      }
      case "record": {
        const items = expression.fields.map((field) => this.value(field.value));
        const fields = expression.fields.map(({ name }, i) => ({ name, type: (items[i] as Value).type }));
        return { kind: "compose", items, type: { kind: "record", fields }, span: expression.span };
      }
      case "block-value":
        return this.block(expression);
      case "type":
        return this.refuse("a type is no value", expression.span);
    }
  }

  private name({ name, span }: ExpressionOf<"name">): Value {
    const bound = this.scope.expression(name);
    if (bound !== undefined) return this.inScope(bound.scope, () => this.value(bound.expression));
    if (isBuiltin(name)) return this.builtin(name.replace(/^__builtin_/, ""), span);
    const define = this.state.defines.get(name);
    if (define !== undefined) return this.guarded(span, () => this.value(define));
    const enumerator = this.state.types.enumerator(name);
    if (enumerator !== undefined) return this.constant(enumerator.value, enumerator.type, span);
    const constant = kernelConstant(name, this.state.world.facts.architecture);
    const known = constant === undefined ? undefined : this.parsed(name, constant);
    if (known !== undefined) return this.guarded(span, () => this.value(placedAt(known, span)));
    const macro = this.state.macros.find(name, [], span);
    if (macro !== undefined) {
      return this.expand(macro, { kind: "call", name, nameSpan: span, arguments: [], span });
    }
    const similar = similarNames(name, builtinNames(), 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    return this.refuse(`Unknown identifier: '${name}'`, span, hint);
  }

  protected variable({ name, span }: ExpressionOf<"variable">): Value {
    const local = this.scope.variable(name);
    if (local !== undefined) return { kind: "local", local, type: local.type, span };
    if (this.state.hoist(this.hoistKey(name))) return this.nothing(span);
    const similar = similarNames(name, this.scope.variableNames(), 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    return this.refuse(`Undefined or undeclared variable: ${name}`, span, hint);
  }

  private parameter({ index, span }: ExpressionOf<"parameter">): Value {
    const { parameters } = this.state.world;
    if (index === 0) return this.constant(BigInt(parameters.length), INT64, span);
    const text = parameters[index - 1];
    if (text === undefined || text === "") return this.constant(0n, INT64, span);
    const number = numberOf(text);
    if (number === undefined) return this.text(Buffer.from(text, "utf8").toString("latin1"), span);
    const value = BigInt.asUintN(64, number);
    return this.constant(number < 0n ? number : value, literalType(number), span);
  }
}
