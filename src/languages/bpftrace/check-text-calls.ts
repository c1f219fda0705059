import { BpfError } from "../../errors.ts";
import type { Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { DeferredType } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckMapCalls } from "./check-map-calls.ts";
import { BOOLEAN, INT64, NONE, pointerTo, typeName } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

/** Functions that give text and bytes, and what is known when the script is compiled. */
export abstract class CheckTextCalls extends CheckMapCalls {
  string(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.nothing(span);
    const [first, length] = call.arguments;
    const size = length === undefined ? undefined : this.value(length);
    if (size !== undefined && !isNumber(size.type))
      this.error("str() expects an integer as its length", size.span);
    const text = this.#parameterText(first);
    const value =
      text === undefined
        ? this.value(first as Expression)
        : this.text(Buffer.from(text, "utf8").toString("latin1"), span);
    const { type } = value;
    if (type.kind === "none") return value;
    if (type.kind === "string") return this.#shortened(value, size, span);
    if (type.kind === "pointer") return this.stringAt(value, size, span);
    if (type.kind === "array" && value.kind === "read") {
      return this.stringAt(
        this.offsetAddress(value.address, value.offset, pointerTo(type.of, value.space), span),
        size ?? this.constant(BigInt(type.count + 1), INT64, span),
        span,
      );
    }
    if (isNumber(type)) {
      const address: Value = {
        kind: "convert",
        operand: value,
        type: pointerTo(NONE, this.pointerSpace()),
        span,
      };
      return this.stringAt(address, size, span);
    }
    return this.refuse(
      `str() expects an integer or a pointer type as first argument (${typeName(type)} provided)`,
      span,
    );
  }

  /** `str($1)`, and `str($1 + 2)` without its first characters. */
  #parameterText(expression: Expression | undefined): string | undefined {
    if (expression?.kind === "parameter" && expression.index > 0)
      return this.state.world.parameters[expression.index - 1] ?? "";
    if (expression?.kind !== "binary" || expression.operator !== "+") return undefined;
    const { left, right } = expression;
    const text = this.#parameterText(left);
    if (text === undefined) return undefined;
    const bytes = Buffer.from(text, "utf8");
    const skipped = this.literalNumber(right, 0n, "only a literal can be added to a parameter's text");
    if (skipped < 0n || skipped > BigInt(bytes.length)) {
      this.error(`there are no ${skipped} characters in "${text}"`, right.span);
      return "";
    }
    return bytes.subarray(Number(skipped)).toString("utf8");
  }

  #shortened(value: Value, size: Value | undefined, span: Span): Value {
    if (size?.kind !== "constant" || value.type.kind !== "string") return value;
    // The NUL is one of them.
    const length = Math.max(0, Number(size.value) - 1);
    if (value.kind === "text") return this.text(value.bytes.slice(0, length), span);
    if (value.type.size <= length + 1) return value;
    return { kind: "convert", operand: value, type: { kind: "string", size: length + 1 }, span };
  }

  buffer(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.nothing(span);
    const value = this.value(call.arguments[0] as Expression);
    const length = call.arguments[1] === undefined ? undefined : this.value(call.arguments[1]);
    const { type } = value;
    if (type.kind === "none") return value;
    const most = this.state.settings.maxStrlen;
    const own = type.kind === "array" ? sizeOfType(type) : type.kind === "string" ? type.size : undefined;
    if (length === undefined && own === undefined)
      return this.refuse("buf() expects a length argument for a pointer", span);
    const size = length?.kind === "constant" ? Number(length.value) : (own ?? most);
    const capacity = Math.max(1, Math.min(size, most, own ?? most));
    const wanted = length ?? this.constant(BigInt(capacity), INT64, span);
    if (!["pointer", "array", "string", "integer"].includes(type.kind)) {
      return this.refuse(
        `buf() expects an integer, a pointer, a string or an array (${typeName(type)} provided)`,
        span,
      );
    }
    const source: Value =
      type.kind === "integer"
        ? { kind: "convert", operand: value, type: pointerTo(NONE, this.pointerSpace()), span }
        : value;
    return this.intrinsic("buffer", { kind: "buffer", size: capacity }, span, [source, wanted]);
  }

  inet(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.nothing(span);
    const values = call.arguments.map((argument) => this.value(argument));
    const address = values.at(-1) as Value;
    const bytes = sizeOfType(address.type);
    const fits =
      isNumber(address.type) ||
      ((address.type.kind === "array" || address.type.kind === "struct" || address.type.kind === "string") &&
        (bytes === 4 || bytes === 16));
    if (!fits && address.type.kind !== "none") {
      return this.refuse(
        `ntop() expects an integer or an array of 4 or 16 bytes (${typeName(address.type)} provided)`,
        span,
      );
    }
    const type: DeferredType = { kind: "deferred", what: "inet" };
    return this.intrinsic(
      "inet",
      type,
      span,
      values.length === 2 ? [address, values[0] as Value] : [address],
    );
  }

  option(call: CallExpression): Value {
    const { span } = call;
    const name = this.literalText(call.arguments[0], call);
    const fallback =
      call.arguments[1] === undefined ? this.constant(0n, BOOLEAN, span) : this.value(call.arguments[1]);
    const help = call.arguments[2] === undefined ? "" : this.literalText(call.arguments[2], call);
    if (name !== undefined) this.state.options.set(name, help ?? "");
    const given = name === undefined ? undefined : this.state.world.named.get(name);
    if (given === undefined) return fallback;
    if (fallback.type.kind === "string")
      return this.text(Buffer.from(given, "utf8").toString("latin1"), span);
    if (fallback.type.kind === "boolean") {
      if (!["", "true", "false", "1", "0"].includes(given)) throw optionError(name, "boolean", given);
      return this.constant(given === "false" || given === "0" ? 0n : 1n, BOOLEAN, span);
    }
    if (!/^-?(?:0x[\da-fA-F]+|\d+)$/.test(given)) throw optionError(name, "integer", given);
    const value = given.startsWith("-") ? -BigInt(given.slice(1)) : BigInt(given);
    return this.constant(value, INT64, span);
  }
}

function optionError(name: string | undefined, wanted: string, given: string): BpfError {
  return new BpfError(
    "SCRIPT_OPTION",
    `program command line option --${name} invalid ${wanted} (value: ${given})`,
  );
}
