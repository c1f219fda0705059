import type { Step } from "../../program/tir.ts";
import type { Statement } from "./ast.ts";
import { CheckAssignments } from "./check-assignment.ts";
import { Scope } from "./scope.ts";
import { aggregateNumber, INT64, typeName } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

const MOST_UNROLLED = 100;

/** Loops over numbers, over maps, and those that are unrolled. */
export abstract class CheckLoops extends CheckAssignments {
  protected loop(body: readonly Statement[], scope?: Scope): Step[] {
    this.loopDepth++;
    try {
      return this.steps(body, scope);
    } finally {
      this.loopDepth--;
    }
  }

  protected forRange({ variable, from, to, body, span }: Of<"for-range">): Step[] {
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

  protected forMap({ variable, map: expression, body, span }: Of<"for-map">): Step[] {
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

  protected unroll({ count, body, span }: Of<"unroll">): Step[] {
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
}
