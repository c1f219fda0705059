import type { Step, Value } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, UserFunction } from "./ast.ts";
import type { KeyedLocal } from "./check-base.ts";
import { CheckStatements } from "./check-statement.ts";
import { convert } from "./convert.ts";
import { joinTypes } from "./join-types.ts";
import { Scope } from "./scope.ts";
import { NONE, typeName } from "./type-names.ts";

/** Functions of the script itself: `fn name($a: type): type { ... }`. */
export abstract class CheckFunctions extends CheckStatements {
  /** A function of the script where it is called: its body, with variables of its own. */
  callFunction(called: UserFunction, call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, called.parameters.length)) return this.nothing(span);
    const scope = new Scope(undefined, `${this.scope.path}/${span.start}`);
    const values = call.arguments.map((argument) => this.value(argument));
    return this.guarded(span, () =>
      this.inScope(scope, () => {
        const before = called.parameters.flatMap(({ name, type, span: place }, i): Step[] => {
          const value = values[i] ?? this.nothing(place);
          return this.#parameter(name, this.typeNamed(type), value, place);
        });
        const type = called.returns === undefined ? NONE : this.typeNamed(called.returns);
        const result = type.kind === "none" ? undefined : this.declare(`${called.name}()`, called.span);
        if (result !== undefined) this.state.widenLocal(result.name, result.key, type, called.span);
        const body = this.#functionBody(called, result);
        const cleared: Step[] = result === undefined ? [] : [{ kind: "clear-local", local: result, span }];
        const steps: Step[] = [...before, ...cleared, { kind: "function", body, span }];
        if (result === undefined) return this.does(steps, span);
        const value: Value = { kind: "local", local: result, type: result.type, span };
        return { kind: "block", body: steps, value, type: result.type, span };
      }),
    );
  }

  #functionBody({ name, body }: UserFunction, result: KeyedLocal | undefined): Step[] {
    const [outer, depth] = [this.inFunction, this.loopDepth];
    this.inFunction = { name, result };
    this.loopDepth = 0;
    try {
      return this.steps(body);
    } finally {
      this.inFunction = outer;
      this.loopDepth = depth;
    }
  }

  override leave(value: Value | undefined, span: Span): Step[] {
    const { name = "", result } = this.inFunction ?? {};
    if ((value === undefined) !== (result === undefined)) {
      const wanted =
        result === undefined ? "gives nothing back" : `gives a value of type '${typeName(result.type)}'`;
      this.error(`${name}() ${wanted}`, span);
    }
    const set = value === undefined || result === undefined ? [] : this.setLocal(result, value, span);
    return [...set, { kind: "leave", span }];
  }

  #parameter(name: string, type: Type, value: Value, span: Span): Step[] {
    const local = this.declare(name, span);
    this.state.widenLocal(name, local.key, type, span);
    const { kind } = value.type;
    if (kind !== "none" && joinTypes(type, value.type) === undefined) {
      const types = `'${typeName(value.type)}' is given where '${typeName(type)}' is wanted`;
      this.error(`Type mismatch for ${name}: ${types}`, value.span);
      return [];
    }
    return [{ kind: "set-local", local, value: convert(value, local.type), span }];
  }
}
