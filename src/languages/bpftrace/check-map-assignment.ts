import type { Step, Value } from "../../program/tir.ts";
import type { Aggregate, Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckBuiltins } from "./check-builtin.ts";
import type { MapState } from "./check-state.ts";
import { convert } from "./convert.ts";
import { joinTypes, sameAggregate, sameType, widenForMap } from "./join-types.ts";
import { Scope } from "./scope.ts";
import { INT64, typeName, UINT64 } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

/** What an aggregate's call says. */
interface Summand {
  readonly aggregate: Aggregate;
  readonly value: Value | undefined;
}

/** What is assigned to maps, and what they sum up. */
export abstract class CheckMapAssignments extends CheckBuiltins {
  /** Undefined when it is another call. */
  abstract aggregate(call: CallExpression): Summand | undefined;

  protected assignMap(
    target: Extract<Expression, { kind: "map" }>,
    operator: string,
    given: Expression,
    span: Span,
  ): Step[] {
    const name = this.scope.map(target.name);
    const summed = operator === "" ? this.#summed(given) : undefined;
    if (summed !== undefined) return this.#sumUp(name, target, summed, span);
    const right = this.value(given);
    const { index, key } = this.mapKey(name, target.key, target.span);
    const map = this.state.map(name, target.span);
    map.assigned = true;
    if (operator !== "" && map.value.kind === "none" && right.type.kind === "integer")
      this.#widenMap(name, INT64, span);
    if (operator === "+" || operator === "-") {
      if (map.value.kind === "integer" && isNumber(right.type)) {
        // A sum has 64 bits, however many its parts have.
        const signed = map.value.signed || (hasSign(right) && !fitsBothSigns(right)) || operator === "-";
        if (map.value.bytes < 8) this.#widenMap(name, signed ? INT64 : UINT64, span);
        const value: Value = operator === "+" ? right : { kind: "negate", operand: right, type: INT64, span };
        return [{ kind: "add-to-map", map: index, key, value, span }];
      }
    }
    const old: Value = { kind: "map-value", map: index, key, type: map.value, span: target.span };
    const value = operator === "" ? right : this.operate(operator, old, right, span);
    if (value.type.kind === "none") return [{ kind: "evaluate", value, span }];
    if (map.value.kind === "aggregate") {
      this.#mismatch(map, value.type, span);
      return [];
    }
    if (value.type.kind === "aggregate") {
      this.error(
        `Map value '${typeName(value.type)}' cannot be assigned from one map to another. The function that returns this type must be called directly.`,
        span,
      );
      return [];
    }
    this.#widenMap(name, value.type, span);
    return [{ kind: "set-map", map: index, key, value: convert(value, map.value), span }];
  }

  #mismatch({ name, value }: MapState, given: Type, span: Span): void {
    const types = `'${typeName(given)}' when map already has a type '${typeName(value)}'`;
    this.error(`Type mismatch for ${name}: trying to assign value of type ${types}`, span);
  }

  #widenMap(name: string, given: Type, span: Span): void {
    const map = this.state.map(name, span);
    const type = widenForMap(given);
    const joined = joinTypes(map.value, type);
    if (joined === undefined) {
      this.#mismatch(map, given, span);
    } else if (!sameType(joined, map.value)) {
      map.value = joined;
      this.state.changed = true;
    }
  }

  /** The aggregate that an assignment's right side ends in, with what stands before it. */
  #summed(given: Expression): (Summand & { readonly before: Step[] }) | undefined {
    if (given.kind === "call" && !this.#isMacro(given)) {
      const found = this.aggregate(given);
      return found === undefined ? undefined : { before: [], ...found };
    }
    if (given.kind === "name") {
      const bound = this.scope.expression(given.name);
      return bound === undefined
        ? undefined
        : this.inScope(bound.scope, () => this.#summed(bound.expression));
    }
    if (given.kind !== "block-value" || given.value?.kind !== "call") return undefined;
    const { body, value } = given;
    const scope = new Scope(this.scope);
    return this.inScope(scope, () => {
      const before = this.steps(body, scope);
      const found = this.aggregate(value);
      return found === undefined ? undefined : { before, ...found };
    });
  }

  #isMacro(call: CallExpression): boolean {
    return this.macroOf(call)?.parameters.length === call.arguments.length;
  }

  #sumUp(
    name: string,
    target: Extract<Expression, { kind: "map" }>,
    { before, aggregate, value }: Summand & { readonly before: Step[] },
    span: Span,
  ): Step[] {
    const { index, key } = this.mapKey(name, target.key, target.span);
    const map = this.state.map(name, target.span);
    const type: Type = { kind: "aggregate", aggregate };
    if (map.value.kind === "none") {
      map.value = type;
      this.state.changed = true;
    } else if (map.value.kind !== "aggregate" || !sameAggregate(map.value.aggregate, aggregate)) {
      this.#mismatch(map, type, span);
    } else if (
      "signed" in aggregate &&
      "signed" in map.value.aggregate &&
      aggregate.signed &&
      !map.value.aggregate.signed &&
      !fitsBothSigns(value)
    ) {
      map.value = type;
      this.state.changed = true;
    }
    return [...before, { kind: "aggregate", map: index, key, aggregate, value, span }];
  }
}

/** A literal that is not below zero. */
function fitsBothSigns(value: Value | undefined): boolean {
  return value?.type.kind === "integer" && value.type.literal === true && value.type.negative !== true;
}

function hasSign({ type }: Value): boolean {
  return type.kind === "integer" && type.signed;
}
