import type { Step, Value } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { Statement } from "./ast.ts";
import type { KeyedLocal } from "./check-base.ts";
import { CheckMapAssignments } from "./check-map-assignment.ts";
import { convert } from "./convert.ts";
import { joinIntegers, joinTypes, sameType } from "./join-types.ts";
import { typeName } from "./type-names.ts";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

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

/** What is assigned to variables. */
export abstract class CheckAssignments extends CheckMapAssignments {
  protected assign(statement: Of<"assign">): Step[] {
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

  protected letStatement({ name, type: written, value: given, span }: Of<"let">): Step[] {
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
}
