import type { Value } from "../../program/tir.ts";
import type { IntegerType, Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import { CheckContexts } from "./check-context.ts";
import { REGISTERS } from "./registers.ts";
import { INT64, UINT64 } from "./type-names.ts";

/** What a probe is given, and gives back: by number, by name, and all together. */
export abstract class CheckProbeArguments extends CheckContexts {
  protected argument(index: number, onStack: boolean, span: Span): Value {
    const { provider } = this.context;
    if (provider === "rawtracepoint") return { kind: "context", offset: 8 * index, type: INT64, span };
    if (provider === "usdt" && !onStack) return this.#usdtArgument(index, span);
    if (provider !== "kprobe" && provider !== "uprobe" && provider !== "usdt") {
      const hint = provider === "fentry" || provider === "tracepoint" ? "Use args.NAME." : undefined;
      return this.refuse(`The arg${index} builtin can not be used with "${provider}" probes`, span, hint);
    }
    const registers = REGISTERS[this.state.world.facts.architecture];
    const register = onStack ? undefined : registers.arguments[index];
    if (register !== undefined) return this.register(register, INT64, span) ?? this.nothing(span);
    return this.onStack(8 * (onStack ? index : index - registers.arguments.length), span);
  }

  /** An argument where the program's own note says that it lies. */
  #usdtArgument(index: number, span: Span): Value {
    const found = this.context.places?.[index];
    if (found === undefined) {
      const { length } = this.context.places ?? [];
      return this.refuse(`${this.context.name} has ${length} arguments: there is no arg${index}`, span);
    }
    const { place, size, signed } = found;
    const type: IntegerType = { kind: "integer", bytes: size, signed };
    const wide = (value: Value): Value => ({
      kind: "convert",
      operand: { kind: "convert", operand: value, type, span },
      type: signed ? INT64 : UINT64,
      span,
    });
    if (place.kind === "constant") return wide(this.constant(BigInt(place.value), INT64, span));
    if (place.kind === "unknown")
      return this.refuse(`arg${index} of ${this.context.name} cannot be read: ${place.text}`, span);
    if (place.kind === "register") {
      const value = this.register(place.register, UINT64, span) ?? this.nothing(span);
      return wide(
        place.shift === 0
          ? value
          : this.operate(">>", value, this.constant(BigInt(place.shift), UINT64, span), span),
      );
    }
    const part = (register: string | undefined) =>
      register === undefined ? undefined : this.register(register, UINT64, span);
    const base = part(place.base) ?? this.constant(0n, UINT64, span);
    const scaled = part(place.index);
    const address =
      scaled === undefined
        ? base
        : this.operate(
            "+",
            base,
            this.operate("*", scaled, this.constant(BigInt(place.scale), UINT64, span), span),
            span,
          );
    const sum = this.operate(
      "+",
      address,
      this.constant(BigInt.asUintN(64, BigInt(place.offset)), UINT64, span),
      span,
    );
    return wide({ kind: "read", address: sum, offset: 0, space: "user", type, span });
  }

  protected retval(span: Span): Value {
    const { provider, returns } = this.context;
    if (returns !== undefined) return this.contextField(returns, span);
    if (provider === "kretprobe" || provider === "uretprobe") {
      const { result } = REGISTERS[this.state.world.facts.architecture];
      return this.register(result, INT64, span) ?? this.nothing(span);
    }
    return this.refuse(
      `The retval builtin can only be used with "kretprobe", "uretprobe" and "fexit" probes`,
      span,
    );
  }

  protected argumentNamed(name: string, span: Span): Value | undefined {
    const field = this.context.arguments?.find((one) => one.name === name);
    return field === undefined ? undefined : this.contextField(field, span);
  }

  /** `args` as a value: all of them. */
  protected allArguments(span: Span): Value {
    const fields = this.context.arguments?.filter(
      ({ name, place }) => !name.startsWith("common_") && place?.kind !== "floating",
    );
    if (fields === undefined)
      return this.refuse(`The args builtin can not be used with "${this.context.provider}" probes`, span);
    const items = fields.map((field) => this.contextField(field, span));
    const type: Type = {
      kind: "record",
      fields: fields.map(({ name }, i) => ({ name, type: (items[i] as Value).type })),
    };
    return { kind: "compose", items, type, span };
  }
}
