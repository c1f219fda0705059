import type { TypedAction, Value } from "../../program/tir.ts";
import type { DeferredType } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckAggregates } from "./check-aggregate.ts";
import { convert } from "./convert.ts";
import { kernelFormat, MOST_KERNEL_VALUES, readFormat } from "./format-text.ts";
import { INT32, INT64, NONE, typeName } from "./type-names.ts";

const STACK_MODES = ["bpftrace", "perf", "raw", "build_id"] as const;

/** Functions that print, end the script, or give what is spelled when it is printed. */
export abstract class CheckOutputs extends CheckAggregates {
  /** printf, system, cat, errorf, …: a format and what it takes. */
  formatted(kind: TypedAction["kind"], call: CallExpression): Value {
    const { span, name } = call;
    const [first, ...rest] = call.arguments;
    const format = this.literalText(first, call);
    const values = rest.map((argument) => this.value(argument));
    if (format === undefined) return this.does([], span);
    const { conversions, bad } = readFormat(format);
    if (bad !== undefined) return this.refuse(`Unknown format string token: ${bad}`, first?.span ?? span);
    if (conversions.length !== values.length) {
      const few = values.length < conversions.length ? "Not enough" : "Too many";
      return this.refuse(
        `${name}: ${few} arguments for format string (${conversions.length} expected, ${values.length} found)`,
        span,
      );
    }
    for (const [i, value] of values.entries())
      this.#checkConversion(name, conversions[i]?.letter ?? "", value);
    if (kind === "printf" && this.isPinned) return this.#intoFile(format, values, span);
    return this.emit(
      { kind, format },
      values.map((value) => this.printable(value)),
      span,
    );
  }

  /** A pinned iterator's text goes to whoever reads the file, and the kernel makes it. */
  #intoFile(format: string, values: readonly Value[], span: Span): Value {
    const { text, bad } = kernelFormat(format);
    if (bad !== undefined || values.length > MOST_KERNEL_VALUES) {
      const message = bad === undefined ? `more than ${MOST_KERNEL_VALUES} values` : bad;
      return this.refuse(
        `printf() of a pinned iterator is the kernel's, which does not know ${message}`,
        span,
      );
    }
    for (const { type, span: place } of values) {
      if (["integer", "boolean", "pointer", "string", "none"].includes(type.kind)) continue;
      this.error(`printf() of a pinned iterator takes numbers and texts (${typeName(type)} provided)`, place);
    }
    return this.does(
      [
        {
          kind: "evaluate",
          value: this.intrinsic("sequence-print", NONE, span, [this.text(text, span), ...values]),
          span,
        },
      ],
      span,
    );
  }

  #checkConversion(name: string, letter: string, value: Value): void {
    const { kind } = value.type;
    if (kind === "none") return;
    const fits =
      letter === "s"
        ? kind === "string" ||
          kind === "deferred" ||
          kind === "boolean" ||
          kind === "array" ||
          kind === "buffer" ||
          (value.type.kind === "integer" && value.type.enumeration !== undefined)
        : letter === "r" || letter === "rx" || letter === "rh"
          ? kind === "buffer"
          : kind === "integer" ||
            kind === "boolean" ||
            kind === "pointer" ||
            (kind === "deferred" && letter !== "gr");
    if (!fits)
      this.error(
        `${name}: %${letter} specifier expects a value of another type than ${typeName(value.type)}`,
        value.span,
      );
  }

  /** What a record can carry: an aggregate that is no number cannot. */
  printable(value: Value): Value {
    if (value.type.kind === "aggregate") {
      return this.refuse(`${typeName(value.type)} cannot be used here: print the map`, value.span);
    }
    return value;
  }

  print(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 3)) return this.does([], span);
    const [first, top, divisor] = call.arguments;
    const bound = first?.kind === "name" ? this.scope.expression(first.name)?.expression : first;
    if (bound?.kind === "map" && bound.key === undefined) return this.#printMap(call, top, divisor);
    if (call.arguments.length > 1) this.error("Non-map print() only takes 1 argument", span);
    const value = this.value(first as Expression);
    if (value.type.kind === "none") {
      if (value.kind === "block" || value.kind === "call") return value;
      return this.does([], span);
    }
    return this.emit({ kind: "print-value" }, [this.printable(value)], span);
  }

  #printMap(call: CallExpression, top: Expression | undefined, divisor: Expression | undefined): Value {
    const { span } = call;
    const map = this.mapArgument(call.arguments[0], call);
    if (map === undefined) return this.does([], span);
    const known = this.state.map(map.name, span);
    if (known.value.kind === "none")
      this.error(`Undefined map: ${map.name}`, call.arguments[0]?.span ?? span);
    const number = (given: Expression | undefined) =>
      given === undefined
        ? undefined
        : Number(this.literalNumber(given, 0n, "print() needs literals as top and div"));
    const action = { kind: "print-map", map: map.index, top: number(top), divisor: number(divisor) } as const;
    return this.emit(action, [], span);
  }

  stackCall(which: "kstack" | "ustack", call: CallExpression): Value {
    let mode: DeferredType["mode"];
    let depth: number | undefined;
    for (const argument of call.arguments) {
      const named = argument.kind === "name" ? STACK_MODES.find((one) => one === argument.name) : undefined;
      if (named !== undefined) mode = named;
      else
        depth = Number(
          this.literalNumber(argument, 1n, `${which}() expects a stack mode or a number of frames`),
        );
    }
    if (depth !== undefined && (depth < 1 || depth > 127)) {
      this.error(`${which}() depth must be 1 to 127`, call.span);
      depth = undefined;
    }
    return this.stack(which, mode, depth, call.span);
  }

  exit(code: Value | undefined, span: Span): Value {
    const values = [convert(code ?? this.constant(0n, INT32, span), INT64)];
    const emitted = this.emit({ kind: "exit" }, values, span);
    return this.does(
      [
        { kind: "evaluate", value: emitted, span },
        { kind: "return", value: undefined, span },
      ],
      span,
    );
  }
}
