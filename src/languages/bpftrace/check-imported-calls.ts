import type { Value } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import type { CallExpression } from "./ast.ts";
import { CheckFunctions } from "./check-function.ts";
import { convert } from "./convert.ts";
import type { ImportedFunction } from "./imported-functions.ts";
import { typeName } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

/** What lies in the script's own memory is given by its address. */
const IN_MEMORY: ReadonlySet<Type["kind"]> = new Set(["string", "array", "struct"]);

/** Functions of C that the script imports. */
export abstract class CheckImportedCalls extends CheckFunctions {
  protected callImported({ name, parameters, returns }: ImportedFunction, call: CallExpression): Value {
    const { span } = call;
    const values = call.arguments.map((argument) => this.value(argument));
    if (!this.arity(call, parameters.length)) return this.nothing(span);
    const byValue = [...parameters.map(({ type }) => type), returns].find(({ kind }) => kind === "struct");
    if (byValue !== undefined) {
      const hint = "Let the function take, or fill in, what a pointer leads to.";
      return this.refuse(`${name}() has a '${typeName(byValue)}' by value`, span, hint);
    }
    const given = parameters.map((parameter, i) => this.#argument(parameter, values[i] as Value));
    const value: Value = { kind: "c-call", name, arguments: given, type: returns, span };
    return returns.kind === "none" ? this.does([{ kind: "evaluate", value, span }], span) : value;
  }

  #argument({ name, type }: ImportedFunction["parameters"][number], value: Value): Value {
    const { kind } = value.type;
    if (kind === "none") return value;
    const fits =
      type.kind === "pointer"
        ? kind === "pointer" || IN_MEMORY.has(kind) || (kind === "integer" && value.kind === "constant")
        : isNumber(value.type) || kind === "pointer";
    if (!fits) {
      const types = `'${typeName(value.type)}' is given where '${typeName(type)}' is wanted`;
      return this.refuse(`Type mismatch for ${name}: ${types}`, value.span);
    }
    return IN_MEMORY.has(kind) || kind === "pointer" ? value : convert(value, type);
  }
}
