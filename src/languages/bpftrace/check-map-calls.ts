import type { Step, Value } from "../../program/tir.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckOutputs } from "./check-output.ts";
import { BOOLEAN, typeName, UINT64 } from "./type-names.ts";

/** Functions of maps. */
export abstract class CheckMapCalls extends CheckOutputs {
  /** Key arguments after a map: one, or several that are a tuple's. */
  keyArgument(map: string, call: CallExpression, from = 1): { index: number; key: Value | undefined } {
    const keys = call.arguments.slice(from);
    const [only] = keys;
    const span = only?.span ?? call.span;
    const key: Expression | undefined = keys.length > 1 ? { kind: "tuple", items: keys, span } : only;
    return this.mapKey(map, key, call.span);
  }

  wholeMap(kind: "clear" | "zero", call: CallExpression): Value {
    this.arity(call, 1);
    const map = this.mapArgument(call.arguments[0], call);
    if (map === undefined) return this.does([], call.span);
    return this.emit({ kind, map: map.index }, [], call.span);
  }

  /** delete(@m[k]), delete(@m, k), delete(@m). */
  delete(call: CallExpression): Value {
    const { span } = call;
    const [first] = call.arguments;
    const map = this.mapArgument(first, call);
    if (map === undefined) return this.nothing(span);
    const { index, key } =
      first?.kind === "map" && first.key !== undefined
        ? this.mapKey(map.name, first.key, first.span)
        : this.keyArgument(map.name, call);
    return { kind: "map-delete", map: index, key, type: BOOLEAN, span };
  }

  hasKey(call: CallExpression): Value {
    const { span } = call;
    const map = this.mapArgument(call.arguments[0], call);
    if (map === undefined) return this.nothing(span);
    if (!this.arity(call, 2, 20)) return this.constant(0n, BOOLEAN, span);
    const { index, key } = this.keyArgument(map.name, call);
    return { kind: "map-has", map: index, key, type: BOOLEAN, span };
  }

  /** find(@m, k, $v): true, and the value in $v, where there is one. */
  find(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 3)) return this.constant(0n, BOOLEAN, span);
    const map = this.mapArgument(call.arguments[0], call);
    const target = call.arguments[2];
    if (map === undefined || target?.kind !== "variable") {
      return this.refuse("find() expects a map, a key and a variable", span);
    }
    const { index, key } = this.mapKey(map.name, call.arguments[1], span);
    const has: Value = { kind: "map-has", map: index, key, type: BOOLEAN, span };
    const value = this.mapValue({ kind: "map", name: map.name, key: call.arguments[1], span });
    const known = this.declare(`find ${span.start}`, span);
    this.state.widenLocal(known.name, known.key, BOOLEAN, span);
    const body = this.setVariable(target.name, value, target.span);
    const test: Value = { kind: "local", local: known, type: BOOLEAN, span };
    const steps: Step[] = [
      { kind: "set-local", local: known, value: has, span },
      { kind: "if", test, body, otherwise: [], span },
    ];
    return { kind: "block", body: steps, value: test, type: BOOLEAN, span };
  }

  length(call: CallExpression): Value {
    const { span } = call;
    const [first] = call.arguments;
    if (!this.arity(call, 1)) return this.nothing(span);
    if (first?.kind === "map" && first.key === undefined) {
      const map = this.state.map(this.scope.map(first.name), first.span);
      if (map.value.kind !== "deferred")
        return { kind: "map-length", map: this.state.mapIndex(map.name), type: UINT64, span };
    }
    const value = this.value(first as Expression);
    if (value.type.kind === "deferred" && (value.type.what === "kstack" || value.type.what === "ustack")) {
      return this.intrinsic("stack-length", UINT64, span, [value]);
    }
    if (value.type.kind === "none") return value;
    return this.refuse(
      `len() expects a map or stack to be provided (${typeName(value.type)} provided)`,
      span,
    );
  }
}
