import type { Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { Type } from "../../program/types.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { Span } from "../../source/source-text.ts";
import type { BlockExpression, CallExpression, Expression, ExpressionOf, Macro } from "./ast.ts";
import { isBuiltin } from "./builtin-names.ts";
import type { KeyedLocal } from "./check-base.ts";
import { CheckCasts } from "./check-casts.ts";
import { convert } from "./convert.ts";
import { joinTypes, sameType, widenForMap } from "./join-types.ts";
import { kernelConstant } from "./kernel-constants.ts";
import { type ArgumentKind, wantedKind } from "./macro-table.ts";
import { placedAt } from "./placed-at.ts";
import { numberOf } from "./read-number.ts";
import { Scope } from "./scope.ts";
import { aggregateNumber, BOOLEAN, INT64, literalType, NONE, typeName, UINT64 } from "./type-names.ts";

const DEEPEST_EXPANSION = 50;
/** Of all together: two calls in each of twenty bodies would be a million. */
const MOST_EXPANSIONS = 4096;

/** Expressions: their types, and what they do. */
export abstract class CheckExpressions extends CheckCasts {
  abstract builtin(name: string, span: Span): Value;
  abstract call(call: CallExpression): Value;
  /** `args.name`, `config().name`. */
  abstract specialField(field: ExpressionOf<"field">): Value | undefined;
  /** An expression out of a text that is not the user's. */
  abstract parsed(name: string, text: string): Expression | undefined;
  /** True for the names of functions and builtins. */
  abstract isFunction(name: string): boolean;
  #expansions = 0;

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
    const similar = similarNames(
      name,
      [
        "pid",
        "tid",
        "comm",
        "nsecs",
        "retval",
        "arg0",
        "args",
        "probe",
        "func",
        "kstack",
        "ustack",
        "curtask",
        "elapsed",
        "cgroup",
        "username",
      ],
      1,
    )[0];
    return this.refuse(
      `Unknown identifier: '${name}'`,
      span,
      similar === undefined ? undefined : `Did you mean ${similar}?`,
    );
  }

  protected guarded(span: Span, body: () => Value): Value {
    // What is endless is told once; to go on would take as long.
    if (this.state.expanded > MOST_EXPANSIONS) return this.nothing(span);
    if (this.#expansions > DEEPEST_EXPANSION) {
      this.state.expanded = Number.POSITIVE_INFINITY;
      return this.refuse("macros and functions call each other without end", span);
    }
    if (++this.state.expanded > MOST_EXPANSIONS)
      return this.refuse(`macros and functions are put in more than ${MOST_EXPANSIONS} times`, span);
    this.#expansions++;
    this.state.calls.push(span);
    try {
      return body();
    } finally {
      this.state.calls.pop();
      this.#expansions--;
    }
  }

  /** A macro's body in the place of its call, with names of its own. */
  protected expand(macro: Macro, call: CallExpression): Value {
    if (macro.parameters.length !== call.arguments.length) {
      const counts = `${macro.parameters.length} arguments but ${call.arguments.length} were given`;
      return this.refuse(
        `Call to macro has wrong number arguments. ${macro.name}() needs ${counts}`,
        call.span,
      );
    }
    const scope = new Scope(undefined, `${this.scope.path}/${call.span.start}`);
    const outer = this.scope;
    for (const [i, { name }] of macro.parameters.entries()) {
      const argument = call.arguments[i] as Expression;
      const wanted = wantedKind(name);
      const resolved = this.#resolved(argument);
      if (wanted === "any") scope.expressions.set(name, { expression: argument, scope: outer });
      else if (wanted !== kindOf(resolved.expression)) return this.#wrongArgument(macro, name, argument);
      else if (resolved.expression.kind === "map")
        scope.maps.set(name, resolved.scope.map(resolved.expression.name));
      else if (resolved.expression.kind === "variable") {
        const variable = resolved.scope.variable(resolved.expression.name);
        if (variable === undefined)
          return this.inScope(resolved.scope, () => this.value(resolved.expression));
        scope.variables.set(name, variable);
      }
    }
    return this.guarded(call.span, () => {
      return this.inScope(scope, () => this.block(macro.body));
    });
  }

  /** The macro that a call means, if there is one of that name. */
  protected macroOf(call: CallExpression): Macro | undefined {
    const given = call.arguments.map((argument) => kindOf(this.#resolved(argument).expression));
    return this.state.macros.find(call.name, given, call.nameSpan);
  }

  /** What a macro's parameter stands for. */
  #resolved(expression: Expression, scope = this.scope): { expression: Expression; scope: Scope } {
    const bound = expression.kind === "name" ? scope.expression(expression.name) : undefined;
    return bound === undefined ? { expression, scope } : this.#resolved(bound.expression, bound.scope);
  }

  #wrongArgument({ name: macro }: Macro, parameter: string, { span }: Expression): Value {
    const isVariable = wantedKind(parameter) === "variable";
    const hint = isVariable ? "A parameter without $ takes any expression." : undefined;
    return this.refuse(`${macro}() needs a ${isVariable ? "variable" : "map"} for ${parameter}`, span, hint);
  }

  protected variable({ name, span }: ExpressionOf<"variable">): Value {
    const local = this.scope.variable(name);
    if (local !== undefined) return { kind: "local", local, type: local.type, span };
    if (this.state.hoist(this.hoistKey(name))) return this.nothing(span);
    const similar = similarNames(name, this.scope.variableNames(), 1)[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}?`;
    return this.refuse(`Undefined or undeclared variable: ${name}`, span, hint);
  }

  /** The key of a map as its type has it; an error where the map is used with and without one. */
  protected mapKey(
    name: string,
    key: Expression | undefined,
    span: Span,
  ): { index: number; key: Value | undefined } {
    const map = this.state.map(name, span);
    const index = this.state.mapIndex(name);
    if (map.keyed === undefined) {
      map.keyed = key !== undefined;
      this.state.changed = true;
    }
    if (key === undefined) {
      if (map.keyed)
        this.error(
          `${name} used as a map without an explicit key (scalar map), previously used with an explicit key (non-scalar map)`,
          span,
        );
      return { index, key: undefined };
    }
    const value = this.value(key);
    if (!map.keyed) {
      this.error(
        `${name} used as a map with an explicit key (non-scalar map), previously used without an explicit key (scalar map)`,
        span,
      );
      return { index, key: undefined };
    }
    return { index, key: this.#typedKey(map, value) };
  }

  #typedKey(map: ReturnType<CheckExpressions["state"]["map"]>, value: Value): Value {
    const wanted = widenForMap(value.type);
    if (wanted.kind === "none") return value;
    const joined = joinTypes(map.key ?? NONE, wanted);
    if (joined === undefined) {
      const types = `trying to access with arguments: '${typeName(value.type)}' when map expects arguments: '${typeName(map.writtenKey)}'`;
      this.error(`Argument mismatch for ${map.name}: ${types}`, value.span);
      return value;
    }
    map.writtenKey = joinTypes(map.writtenKey, value.type) ?? map.writtenKey;
    if (map.key === undefined || !sameType(joined, map.key)) {
      map.key = joined;
      this.state.changed = true;
    }
    return convert(value, map.key);
  }

  protected mapValue({ name: written, key: keyExpression, span }: ExpressionOf<"map">): Value {
    const name = this.scope.map(written);
    const { index, key } = this.mapKey(name, keyExpression, span);
    const map = this.state.map(name, span);
    let { value: type } = map;
    if (type.kind === "none") return this.refuse(`Undefined map: ${name}`, span);
    if (type.kind === "aggregate") {
      // What is no number can be printed, and is refused elsewhere by its type.
      type = aggregateNumber(type.aggregate) ?? type;
    }
    return { kind: "map-value", map: index, key, type, span };
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

  protected block({ body, value, span }: BlockExpression): Value {
    const scope = new Scope(this.scope);
    return this.inScope(scope, () => {
      const steps = this.steps(body, scope);
      if (value === undefined) return { kind: "block", body: steps, value: undefined, type: NONE, span };
      const result = this.value(value);
      return { kind: "block", body: steps, value: result, type: result.type, span };
    });
  }

  private step({ operator, prefix, target, span }: ExpressionOf<"step">): Value {
    const sign = operator === "++" ? 1n : -1n;
    const gives = prefix ? "new" : "old";
    if (target.kind === "variable") {
      const local = this.scope.variable(target.name) as KeyedLocal | undefined;
      if (local === undefined) return this.value(target);
      if (local.type.kind === "integer")
        this.state.widenLocal(
          local.name,
          local.key,
          INT64.signed === local.type.signed ? INT64 : UINT64,
          span,
        );
      const by = this.stepSize(local.type, span) * sign;
      return { kind: "step", place: { kind: "local", local }, by, gives, type: local.type, span };
    }
    if (target.kind !== "map") return this.refuse(`${operator} can be used on variables and maps only`, span);
    const name = this.scope.map(target.name);
    const { index, key } = this.mapKey(name, target.key, span);
    const map = this.state.map(name, span);
    if (map.value.kind === "none") {
      map.value = INT64;
      this.state.changed = true;
    }
    const by = this.stepSize(map.value, span) * sign;
    return { kind: "step", place: { kind: "map", map: index, key }, by, gives, type: map.value, span };
  }

  private stepSize(type: Type, span: Span): bigint {
    if (type.kind === "pointer") return BigInt(Math.max(1, sizeOfType(type.to)));
    if (type.kind !== "integer" && type.kind !== "none") {
      this.error(`The ++ and -- operators can not be used on expressions of type '${typeName(type)}'`, span);
    }
    return 1n;
  }
}

function kindOf(argument: Expression): ArgumentKind {
  if (argument.kind === "variable") return "variable";
  return argument.kind === "map" && argument.key === undefined ? "map" : "any";
}
