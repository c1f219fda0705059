import type { Value } from "../../program/tir.ts";
import type { Span } from "../../source/source-text.ts";
import type { BlockExpression, CallExpression, Expression, Macro } from "./ast.ts";
import { CheckCasts } from "./check-casts.ts";
import { type ArgumentKind, wantedKind } from "./macro-table.ts";
import { Scope } from "./scope.ts";
import { NONE } from "./type-names.ts";

const DEEPEST_EXPANSION = 50;
/** Of all together: two calls in each of twenty bodies would be a million. */
const MOST_EXPANSIONS = 4096;

/** Bodies that are put in: of blocks, and of macros in the place of their calls. */
export abstract class CheckExpansions extends CheckCasts {
  #expansions = 0;

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

  protected block({ body, value, span }: BlockExpression): Value {
    const scope = new Scope(this.scope);
    return this.inScope(scope, () => {
      const steps = this.steps(body, scope);
      if (value === undefined) return { kind: "block", body: steps, value: undefined, type: NONE, span };
      const result = this.value(value);
      return { kind: "block", body: steps, value: result, type: result.type, span };
    });
  }
}

function kindOf(argument: Expression): ArgumentKind {
  if (argument.kind === "variable") return "variable";
  return argument.kind === "map" && argument.key === undefined ? "map" : "any";
}
