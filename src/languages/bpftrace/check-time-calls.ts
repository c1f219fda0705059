import type { Value } from "../../program/tir.ts";
import type { IntegerType } from "../../program/types.ts";
import type { CallExpression } from "./ast.ts";
import { CheckArguments } from "./check-arguments.ts";
import { UINT64 } from "./type-names.ts";

const TIMES = {
  boot: "time-boot",
  monotonic: "time-monotonic",
  tai: "time-tai",
  sw_tai: "time-tai",
} as const;

/** The time: told, taken by one of the clocks, and as text. */
export abstract class CheckTimeCalls extends CheckArguments {
  time(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 0, 1)) return this.does([], span);
    const format = call.arguments.length === 0 ? "%H:%M:%S\n" : this.literalText(call.arguments[0], call);
    return this.emit({ kind: "time", format: format ?? "" }, [], span);
  }

  nsecs(call: CallExpression): Value {
    const [mode] = call.arguments;
    if (mode === undefined) return this.builtin("nsecs", call.span);
    const clock = mode.kind === "name" ? TIMES[mode.name as keyof typeof TIMES] : undefined;
    if (clock === "time-boot") return this.intrinsic(clock, UINT64, call.span);
    if (clock !== undefined) {
      const type: IntegerType = { ...UINT64, clock: clock === "time-tai" ? "tai" : "monotonic" };
      return this.intrinsic(clock, type, call.span);
    }
    return this.refuse("nsecs() expects boot, monotonic, tai or sw_tai", mode.span);
  }

  /** A time as text; by which clock it was taken is known from its type. */
  moment(call: CallExpression, format: string): Value {
    const { type } = this.number(call, 1);
    const clock = type.kind === "integer" ? type.clock : undefined;
    if (clock === "monotonic") {
      return this.refuse(
        "strftime() can not take a monotonic timestamp",
        call.span,
        "Take nsecs, or nsecs(tai): how long the machine slept is not in monotonic times.",
      );
    }
    const said = { kind: "deferred", what: "strftime", format } as const;
    return this.spelled(call, clock === undefined ? said : { ...said, clock });
  }
}
