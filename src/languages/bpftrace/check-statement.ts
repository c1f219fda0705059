import type { Place, Step, TypedAction, Value } from "../../program/tir.ts";
import { placeItems } from "../../program/type-layout.ts";
import type { Aggregate, Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression, Statement } from "./ast.ts";
import type { KeyedLocal } from "./check-base.ts";
import { CheckBuiltins } from "./check-builtin.ts";
import { constantTruth } from "./constant-truth.ts";
import { convert } from "./convert.ts";
import { isIdle } from "./idle-value.ts";
import { joinIntegers, joinTypes, sameAggregate, sameType, widenForMap } from "./join-types.ts";
import { Scope } from "./scope.ts";
import { aggregateNumber, INT64, NONE, typeName } from "./type-names.ts";
import { isNumber, isTestable } from "./type-tests.ts";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

/** True for a statement after which none is reached. */
function leaves(statement: Statement | undefined): boolean {
  if (statement?.kind === "expression") {
    return statement.expression.kind === "call" && statement.expression.name === "exit";
  }
  return statement?.kind === "return" || statement?.kind === "break" || statement?.kind === "continue";
}

const MOST_UNROLLED = 100;

/** Whether a variable of a type that was written can hold a value as it is. */
function holds(type: Type, { kind, type: given, ...value }: Value): boolean {
  if (type.kind === "integer" && given.kind === "integer") {
    if (kind === "constant" && "value" in value) {
      const number = value.value as bigint;
      const bits = 8 * type.bytes;
      return number === (type.signed ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number));
    }
    const joined = joinIntegers(type, given);
    return joined.bytes === type.bytes && joined.signed === type.signed;
  }
  const joined = joinTypes(type, given);
  return joined !== undefined && (type.kind !== "string" || sameType(joined, type));
}

/** Statements. */
export abstract class CheckStatements extends CheckBuiltins {
  /** What an aggregate's call says; undefined when it is another call. */
  abstract aggregate(call: CallExpression): { aggregate: Aggregate; value: Value | undefined } | undefined;

  override steps(body: readonly Statement[], scope = new Scope(this.scope)): Step[] {
    return this.inScope(scope, () =>
      body.flatMap((statement, i) => {
        if (i > 0 && leaves(body[i - 1])) this.state.warn("Unreachable statement", statement.span);
        return this.statement(statement);
      }),
    );
  }

  private statement(statement: Statement): Step[] {
    const { span } = statement;
    switch (statement.kind) {
      case "expression":
        return [{ kind: "evaluate", value: this.#alone(this.value(statement.expression)), span }];
      case "discard":
        return [{ kind: "evaluate", value: this.value(statement.value), span }];
      case "assign":
        return this.assign(statement);
      case "let":
        return this.letStatement(statement);
      case "block":
        return this.steps(statement.body);
      case "if": {
        const test = this.test(statement.test);
        const known = constantTruth(test);
        // What is never reached is not looked at: so scripts and macros ask for types, options and kernels.
        if (known !== undefined) return this.steps(known ? statement.body : (statement.otherwise ?? []));
        const body = this.steps(statement.body);
        return [{ kind: "if", test, body, otherwise: this.steps(statement.otherwise ?? []), span }];
      }
      case "while": {
        const test = this.test(statement.test);
        return [{ kind: "while", test, body: this.loop(statement.body), span }];
      }
      case "for-range":
        return this.forRange(statement);
      case "for-map":
        return this.forMap(statement);
      case "unroll":
        return this.unroll(statement);
      case "break":
      case "continue":
        if (this.loopDepth === 0) this.error(`${statement.kind} statement must be inside of a loop`, span);
        return [{ kind: statement.kind, span }];
      case "return": {
        const value = statement.value === undefined ? undefined : this.value(statement.value);
        if (this.inFunction !== undefined) return this.leave(value, span);
        if (this.context.provider === "test" && value !== undefined) this.#checkVerdict(value);
        return [{ kind: "return", value, span }];
      }
    }
  }

  /** A value that nobody takes: what a deletion fails at is told, and what does nothing is a mistake. */
  #alone(value: Value): Value {
    if (value.kind === "map-delete") return { ...value, discarded: true };
    if (value.type.kind !== "none" && isIdle(value))
      this.state.warn("Return value discarded.", value.span, "_ = VALUE; discards it without a warning.");
    return value;
  }

  #checkVerdict({ type, span }: Value): void {
    if (isNumber(type) || type.kind === "none") return;
    this.error(`A test returns a number, 0 where it passes (${typeName(type)} provided)`, span);
  }

  /** Where what a function of the script gives back is put, while its body is looked at. */
  protected inFunction: { readonly name: string; readonly result: KeyedLocal | undefined } | undefined;

  abstract leave(value: Value | undefined, span: Span): Step[];

  private loop(body: readonly Statement[], scope?: Scope): Step[] {
    this.loopDepth++;
    try {
      return this.steps(body, scope);
    } finally {
      this.loopDepth--;
    }
  }

  test(expression: Expression): Value {
    const value = this.value(expression);
    if (!isTestable(value.type)) {
      this.error(
        `Invalid condition: a value of type '${typeName(value.type)}' is neither true nor false`,
        value.span,
      );
    }
    return value;
  }

  private assign(statement: Of<"assign">): Step[] {
    const { target, operator, value: given, span } = statement;
    if (target.kind === "name") {
      const bound = this.scope.expression(target.name);
      if (bound === undefined) {
        this.error(`only variables and maps can be assigned to, and ${target.name} is neither`, target.span);
        return [];
      }
      return this.inScope(bound.scope, () => this.assign({ ...statement, target: bound.expression }));
    }
    if (target.kind === "map") return this.assignMap(target, operator, given, span);
    if (target.kind !== "variable") return [];
    const known = this.scope.variable(target.name) as KeyedLocal | undefined;
    if (known === undefined && operator !== "")
      return [{ kind: "evaluate", value: this.value(target), span }];
    const right = this.value(given);
    const value =
      known === undefined || operator === ""
        ? right
        : this.operate(
            operator,
            { kind: "local", local: known, type: known.type, span: target.span },
            right,
            span,
          );
    return this.setLocal(known ?? this.assigned(target.name, target.span), value, span);
  }

  /** Assigns to a variable, which is new when there is none of its name. */
  protected setVariable(name: string, value: Value, span: Span): Step[] {
    const known = this.scope.variable(name) as KeyedLocal | undefined;
    return this.setLocal(known ?? this.assigned(name, span), value, span);
  }

  protected setLocal(local: KeyedLocal, value: Value, span: Span): Step[] {
    if (value.type.kind === "none") {
      if (value.kind === "block" || value.kind === "call") {
        this.error("Invalid expression for assignment: it has no value", value.span);
      }
      return [{ kind: "evaluate", value, span }];
    }
    if (value.type.kind === "aggregate") {
      this.error(`a value of type '${typeName(value.type)}' cannot be kept in a variable`, value.span);
      return [];
    }
    const declared = this.state.declared.get(local.key);
    if (declared !== undefined && !holds(declared, value)) {
      const types = `'${typeName(value.type)}' when variable already has a type '${typeName(declared)}'`;
      this.error(`Type mismatch for ${local.name}: trying to assign value of type ${types}`, span);
      return [];
    }
    this.state.widenLocal(local.name, local.key, declared ?? value.type, span);
    return [{ kind: "set-local", local, value: convert(value, local.type), span }];
  }

  private letStatement({ name, type: written, value: given, span }: Of<"let">): Step[] {
    const value = given === undefined ? undefined : this.value(given);
    const before = this.scope.variable(name);
    if (before !== undefined) {
      this.error(`Variable ${name} was already declared. Variable shadowing is not allowed.`, span);
    }
    const local = this.declare(name, span);
    const steps: Step[] = [];
    if (written !== undefined) {
      const type = this.typeNamed(written);
      this.state.widenLocal(name, local.key, type, span);
      this.state.declared.set(local.key, type);
      if (value !== undefined && joinTypes(type, value.type) === undefined) return steps;
    }
    if (value === undefined) return [{ kind: "clear-local", local, span }];
    return this.setLocal(local, value, span);
  }

  private assignMap(
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
    if (operator === "+" || operator === "-") {
      if (map.value.kind === "none" && right.type.kind === "integer") this.#widenMap(name, INT64, span);
      if (map.value.kind === "integer" && isNumber(right.type)) {
        const value: Value = operator === "+" ? right : { kind: "negate", operand: right, type: INT64, span };
        return [{ kind: "add-to-map", map: index, key, value, span }];
      }
    }
    const old: Value = { kind: "map-value", map: index, key, type: map.value, span: target.span };
    const value = operator === "" ? right : this.operate(operator, old, right, span);
    if (value.type.kind === "none") return [{ kind: "evaluate", value, span }];
    if (map.value.kind === "aggregate") {
      this.error(
        `Type mismatch for ${name}: trying to assign value of type '${typeName(value.type)}' when map already has a type '${typeName(map.value)}'`,
        span,
      );
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

  #widenMap(name: string, given: Type, span: Span): void {
    const map = this.state.map(name, span);
    const type = widenForMap(given);
    const joined = joinTypes(map.value, type);
    if (joined === undefined) {
      this.error(
        `Type mismatch for ${name}: trying to assign value of type '${typeName(given)}' when map already has a type '${typeName(map.value)}'`,
        span,
      );
    } else if (!sameType(joined, map.value)) {
      map.value = joined;
      this.state.changed = true;
    }
  }

  /** The aggregate that an assignment's right side ends in, with what stands before it. */
  #summed(given: Expression): { before: Step[]; aggregate: Aggregate; value: Value | undefined } | undefined {
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
    { before, aggregate, value }: { before: Step[]; aggregate: Aggregate; value: Value | undefined },
    span: Span,
  ): Step[] {
    const { index, key } = this.mapKey(name, target.key, target.span);
    const map = this.state.map(name, target.span);
    const type: Type = { kind: "aggregate", aggregate };
    if (map.value.kind === "none") {
      map.value = type;
      this.state.changed = true;
    } else if (map.value.kind !== "aggregate" || !sameAggregate(map.value.aggregate, aggregate)) {
      this.error(
        `Type mismatch for ${name}: trying to assign value of type '${typeName(type)}' when map already has a type '${typeName(map.value)}'`,
        span,
      );
    } else if (
      "signed" in aggregate &&
      "signed" in map.value.aggregate &&
      aggregate.signed &&
      !map.value.aggregate.signed
    ) {
      map.value = type;
      this.state.changed = true;
    }
    return [...before, { kind: "aggregate", map: index, key, aggregate, value, span }];
  }

  private forRange({ variable, from, to, body, span }: Of<"for-range">): Step[] {
    const first = this.value(from);
    const last = this.value(to);
    for (const bound of [first, last]) {
      if (!isNumber(bound.type) && bound.type.kind !== "none")
        this.error("Loop range requires an integer for the start and end value", bound.span);
    }
    const scope = new Scope(this.scope);
    const local = this.declare(variable, span, scope);
    this.state.widenLocal(variable, local.key, INT64, span);
    return [{ kind: "for-range", local, from: first, to: last, body: this.loop(body, scope), span }];
  }

  private forMap({ variable, map: expression, body, span }: Of<"for-map">): Step[] {
    if (expression.kind !== "map" || expression.key !== undefined) {
      this.error("Loop expression requires a map", expression.span, "Or a range: for ($i : 0..10).");
      return [];
    }
    const name = this.scope.map(expression.name);
    const map = this.state.map(name, expression.span);
    if (map.keyed === false)
      this.error(
        `${name} has no explicit keys (scalar map), and cannot be used for iteration`,
        expression.span,
      );
    if (map.keyed === undefined && map.value.kind === "none")
      this.error(`Undefined map: ${name}`, expression.span);
    const value =
      map.value.kind === "aggregate" ? (aggregateNumber(map.value.aggregate) ?? map.value) : map.value;
    if (value.kind === "aggregate")
      this.error(`Loop expression does not support type: ${typeName(value)}`, expression.span);
    const scope = new Scope(this.scope);
    const local = this.declare(variable, span, scope);
    if (map.key !== undefined && value.kind !== "none") {
      this.state.widenLocal(variable, local.key, { kind: "tuple", items: [map.key, value] }, span);
    }
    const index = this.state.mapIndex(name);
    return [{ kind: "for-map", local, map: index, body: this.loop(body, scope), span }];
  }

  private unroll({ count, body, span }: Of<"unroll">): Step[] {
    const times = this.value(count);
    if (times.type.kind === "none") return [];
    if (times.kind !== "constant") {
      this.error("unroll requires a literal or a positional parameter", count.span);
      return [];
    }
    const number = Number(times.value);
    if (number < 1) this.error("unroll minimum value is 1", count.span);
    if (number > MOST_UNROLLED) this.error(`unroll maximum value is ${MOST_UNROLLED}`, count.span);
    return [{ kind: "repeat", count: Math.min(number, MOST_UNROLLED), body: this.loop(body), span }];
  }

  /** True in an iterator that is left behind under a path. */
  protected get isPinned(): boolean {
    const { attach } = this.context;
    return attach.kind === "iterator" && attach.pin !== undefined;
  }

  /** A record to user space. */
  protected override emit(
    action: Omit<TypedAction, "arguments" | "span">,
    values: readonly Value[],
    span: Span,
  ): Value {
    if (this.isPinned) {
      const hint = "Nobody but who reads the file is there to be told: printf() prints into it.";
      const name = action.kind.replace(/-.*/, "");
      return this.refuse(`${name}() cannot be called by a pinned iterator`, span, hint);
    }
    const index = this.state.addAction({ ...action, arguments: values.map((value) => value.type), span });
    return this.does([{ kind: "emit", action: index, arguments: values, span }], span);
  }

  /** Steps as a value without one. */
  protected does(body: readonly Step[], span: Span): Value {
    return { kind: "block", body, value: undefined, type: NONE, span };
  }

  protected placeOf(map: number, key: Value | undefined): Place {
    return { kind: "map", map, key };
  }

  /** Parts of a tuple one by one, for keys that are given as several arguments. */
  protected tupleOf(items: readonly Value[], span: Span): Value {
    const types = items.map((item) => item.type);
    placeItems(types);
    return { kind: "compose", items, type: { kind: "tuple", items: types }, span };
  }
}
