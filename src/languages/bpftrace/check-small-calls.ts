import type { Step, Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { IntegerType, Type } from "../../program/types.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckMachineCalls } from "./check-machine-calls.ts";
import { convert } from "./convert.ts";
import { INT64, NONE, typeName, UINT64 } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

/** Functions of a few lines each. */
export abstract class CheckSmallCalls extends CheckMachineCalls {
  bswap(call: CallExpression): Value {
    if (!this.arity(call, 1)) return this.nothing(call.span);
    const value = this.number(call);
    if (value.type.kind !== "integer") return value;
    const { bytes } = value.type;
    const type: IntegerType = { kind: "integer", bytes, signed: false };
    return this.intrinsic("swap-bytes", type, call.span, [convert(value, type)]);
  }

  sizeOf(call: CallExpression): Value {
    if (!this.arity(call, 1)) return this.nothing(call.span);
    const type = this.typeArgument(call.arguments[0], call);
    return this.constant(BigInt(sizeOfType(type)), UINT64, call.span);
  }

  usym(call: CallExpression): Value {
    if (!this.arity(call, 1)) return this.nothing(call.span);
    const address = convert(this.number(call), UINT64);
    return this.intrinsic("usym", { kind: "deferred", what: "usym" }, call.span, [address]);
  }

  mac(call: CallExpression): Value {
    if (!this.arity(call, 1)) return this.nothing(call.span);
    const value = this.value(call.arguments[0] as Expression);
    const { type } = value;
    if (type.kind === "none") return value;
    const fits =
      (type.kind === "array" || type.kind === "string" || type.kind === "struct") && sizeOfType(type) >= 6;
    if (!fits)
      return this.refuse(`macaddr() expects an array of 6 bytes (${typeName(type)} provided)`, value.span);
    return this.intrinsic("mac", { kind: "deferred", what: "mac" }, call.span, [value]);
  }

  join(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.does([], span);
    const value = this.value(call.arguments[0] as Expression);
    const separator = call.arguments[1] === undefined ? " " : this.literalText(call.arguments[1], call);
    if (value.type.kind !== "pointer" && !isNumber(value.type) && value.type.kind !== "none") {
      return this.refuse(
        `join() expects a pointer to strings (${typeName(value.type)} provided)`,
        value.span,
      );
    }
    if (value.type.kind === "none") return this.does([], span);
    const space = value.type.kind === "pointer" ? value.type.space : this.pointerSpace();
    const words = this.#words(value, space, span);
    return this.emit({ kind: "join", separator: separator ?? " " }, words, span);
  }

  /** The strings of an argument vector, which ends with a null: empty ones after it. */
  #words(
    vector: Value,
    space: "kernel" | "user" | "any" | "context" | "frame",
    span: CallExpression["span"],
  ): Value[] {
    const most = 16;
    const size = Math.min(this.state.settings.maxStrlen, 256);
    const pointer: Type = { kind: "pointer", to: NONE, space };
    const last = this.declare(`join ${span.start}`, span);
    this.state.widenLocal(last.name, last.key, pointer, span);
    const word: Value = { kind: "local", local: last, type: pointer, span };
    return Array.from({ length: most }, (_, i): Value => {
      const value: Value = { kind: "read", address: vector, offset: 8 * i, space, type: pointer, span };
      const set: Step = { kind: "set-local", local: last, value, span };
      // What lies behind the null is not of the vector.
      const next: Step = i === 0 ? set : { kind: "if", test: word, body: [set], otherwise: [], span };
      const address: Value = { kind: "block", body: [next], value: word, type: pointer, span };
      return this.stringAt(address, this.constant(BigInt(size - 1), INT64, span), span);
    });
  }

  strncmp(call: CallExpression): Value {
    if (!this.arity(call, 3)) return this.nothing(call.span);
    const [left, right] = this.strings(call, 2);
    const length = this.number(call, 2);
    if (left === undefined || right === undefined) return this.nothing(call.span);
    if (length.kind !== "constant")
      return this.refuse("strncmp() expects a literal as its length", length.span);
    if (length.value < 0n) return this.refuse(`Builtin strncmp requires a non-negative size`, length.span);
    return this.intrinsic("compare-strings", INT64, call.span, [left, right, length]);
  }

  /** Marks whose memory a pointer leads to. */
  space(call: CallExpression, space: "kernel" | "user"): Value {
    if (!this.arity(call, 1)) return this.nothing(call.span);
    const operand = this.value(call.arguments[0] as Expression);
    const { type } = operand;
    if (type.kind === "none") return operand;
    if (type.kind !== "pointer" && type.kind !== "integer") {
      return this.refuse(`${call.name}() expects a pointer (${typeName(type)} provided)`, operand.span);
    }
    const to = type.kind === "pointer" ? type.to : NONE;
    return { kind: "convert", operand, type: { kind: "pointer", to, space }, span: call.span };
  }

  /** Kernel functions give small negative numbers as pointers. */
  isError(call: CallExpression): Value {
    const value = convert(this.number(call), UINT64);
    const { span } = call;
    const cast: Value = { kind: "convert", operand: value, type: UINT64, span };
    return this.operate(">", cast, this.constant((1n << 64n) - 4096n, UINT64, span), span);
  }

  /** To the kernel's trace pipe. */
  debugPrint(call: CallExpression): Value {
    const { span } = call;
    const [first, ...rest] = call.arguments;
    const format = this.literalText(first, call);
    const values = rest.map((argument) => this.value(argument));
    if (format === undefined) return this.does([], span);
    const made = this.intrinsic("debug-print", NONE, span, [this.text(format, span), ...values]);
    return this.does([{ kind: "evaluate", value: made, span }], span);
  }

  /** The path of a file, where the kernel lets programs ask for it. */
  path(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.nothing(span);
    const { provider } = this.context;
    if (provider !== "fentry" && provider !== "fexit" && provider !== "iter")
      return this.refuse(`The path function can only be used with 'fentry', 'fexit' and 'iter' probes`, span);
    const value = this.value(call.arguments[0] as Expression);
    const size =
      call.arguments[1] === undefined
        ? this.state.settings.maxStrlen
        : Number(this.literalNumber(call.arguments[1], 0n, "path() needs a literal size"));
    const address =
      value.kind === "read" && value.type.kind === "struct"
        ? this.offsetAddress(
            value.address,
            value.offset,
            { kind: "pointer", to: value.type, space: "kernel" },
            span,
          )
        : value;
    if (address.type.kind !== "pointer")
      return this.refuse(`path() expects a struct path (${typeName(value.type)} provided)`, span);
    return this.intrinsic(
      "path",
      { kind: "string", size: Math.max(1, Math.min(size, this.state.settings.maxStrlen)) },
      span,
      [address],
    );
  }

  /** An error of the script's own, with values that are known when it is compiled. */
  fail(call: CallExpression): Value {
    const [first, ...rest] = call.arguments;
    const values = rest.map((argument) => this.#literal(argument));
    const format = first === undefined ? "the script fails" : (this.literalText(first, call) ?? "");
    const message = format.replace(/%%|%-?\d*(?:ll|l|h|hh|z|j)?[a-z]/gi, (found) =>
      found === "%%" ? "%" : (values.shift() ?? ""),
    );
    return this.refuse(message, call.span);
  }

  #literal(argument: Expression): string {
    let value = this.value(argument);
    while (value.kind === "block" && value.body.length === 0 && value.value !== undefined)
      value = value.value;
    if (value.kind === "constant") return String(value.value);
    if (value.kind === "text") return value.bytes;
    this.error("fail() takes literals only", argument.span);
    return "";
  }
}
