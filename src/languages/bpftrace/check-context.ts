import type { Intrinsic, Value } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import { CheckExpressions } from "./check-expression.ts";
import type { ArgumentPlace } from "./place-arguments.ts";
import type { ContextField } from "./probe-context.ts";
import { REGISTERS } from "./registers.ts";
import { INT64, NONE, pointerTo, UINT32, UINT64 } from "./type-names.ts";

/** What lies in a probe's context: registers, the words behind them on the stack, fields of records. */
export abstract class CheckContexts extends CheckExpressions {
  protected intrinsic(name: Intrinsic, type: Type, span: Span, args: readonly Value[] = []): Value {
    return { kind: "call", name, arguments: args, type, span };
  }

  protected register(name: string, type: Type, span: Span): Value | undefined {
    const offset = REGISTERS[this.state.world.facts.architecture].names[name];
    return offset === undefined ? undefined : { kind: "context", offset, type, span };
  }

  protected contextField(field: ContextField, span: Span): Value {
    const { type, offset, dynamic, place: argument } = field;
    if (argument !== undefined) return this.#typedArgument(field, argument, span);
    if (dynamic === undefined) return { kind: "context", offset, type, span };
    // The lower half of a u32 tells where the data begin, the upper half how long they are.
    const place: Value = { kind: "context", offset, type: UINT32, span };
    const start = this.operate("&", place, this.constant(0xffffn, UINT64, span), span);
    const base: Value = { kind: "context-address", type: UINT64, span };
    const from = dynamic === "absolute" ? 0 : offset + 4;
    const sum = this.operate(
      "+",
      this.operate("+", base, start, span),
      this.constant(BigInt(from), UINT64, span),
      span,
    );
    if (type.kind === "string")
      return this.stringAt({ ...sum, type: pointerTo(NONE, "kernel") } as Value, undefined, span);
    return { kind: "convert", operand: sum, type, span };
  }

  /** An argument of a user function, as its debug information types it. */
  #typedArgument({ name, type }: ContextField, place: ArgumentPlace, span: Span): Value {
    switch (place.kind) {
      case "floating": {
        const message = `the argument ${name} is, or has, a floating-point number: programs in the kernel cannot read it`;
        return this.refuse(message, span);
      }
      case "stack":
        return { ...this.onStack(place.offset, span), type };
      case "reference": {
        const operand = this.#argumentRegister(place.register, span);
        const address: Value = { kind: "convert", operand, type: pointerTo(type, "user"), span };
        return { kind: "read", address, offset: 0, space: "user", type, span };
      }
      case "registers":
        return this.#inRegisters(place, type, span);
    }
  }

  #inRegisters({ first, count }: { first: number; count: number }, type: Type, span: Span): Value {
    if (["integer", "boolean", "pointer"].includes(type.kind)) {
      return { kind: "convert", operand: this.#argumentRegister(first, span), type, span };
    }
    const items = Array.from({ length: count }, (_, i) => this.#argumentRegister(first + i, span));
    const words: Type = { kind: "tuple", items: items.map(() => UINT64) };
    const operand: Value = { kind: "compose", items, type: words, span };
    return { kind: "reinterpret", operand, type, span };
  }

  #argumentRegister(index: number, span: Span): Value {
    const name = REGISTERS[this.state.world.facts.architecture].arguments[index] ?? "";
    return this.register(name, UINT64, span) ?? this.nothing(span);
  }

  /** A word so many bytes behind the first argument that lies on the stack. */
  protected onStack(offset: number, span: Span): Value & { readonly kind: "read" } {
    const { stack, stackArguments } = REGISTERS[this.state.world.facts.architecture];
    const { space } = this.context;
    const address = this.register(stack, pointerTo(INT64, space), span) ?? this.nothing(span);
    return { kind: "read", address, offset: stackArguments + offset, space, type: INT64, span };
  }

  /** Text at an address, as far as its NUL, at most so many bytes with it. */
  protected stringAt(address: Value, size: Value | undefined, span: Span): Value {
    const { maxStrlen } = this.state.settings;
    const constant = size?.kind === "constant" ? Number(size.value) : maxStrlen + 1;
    const type: Type = { kind: "string", size: Math.max(1, Math.min(constant, maxStrlen + 1)) };
    return this.intrinsic(
      "string",
      type,
      span,
      size === undefined || size.kind === "constant" ? [address] : [address, size],
    );
  }
}
