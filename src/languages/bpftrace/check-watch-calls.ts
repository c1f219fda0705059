import type { Step, Value } from "../../program/tir.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression } from "./ast.ts";
import { CheckTypeCalls } from "./check-type-calls.ts";
import { convert } from "./convert.ts";
import { BOOLEAN, INT64, UINT32, UINT64 } from "./type-names.ts";

const SIGSTOP = 19n;

/** What makes watchpoints while a script runs, and ends them. */
export abstract class CheckWatchCalls extends CheckTypeCalls {
  /** At a function's call: the memory that an argument leads to is to be watched, if it is not yet. */
  watchArgument(argument: number, program: string, stops: boolean, span: Span): Step[] {
    const local = this.declare(`watched ${span.start}`, span);
    this.state.widenLocal(local.name, local.key, UINT64, span);
    const address: Value = { kind: "local", local, type: UINT64, span };
    const given = convert(this.argument(argument, false, span), UINT64);
    const pid = this.intrinsic("pid", UINT32, span);
    const told = this.emit({ kind: "watch", program }, [address, pid], span);
    const stop = this.intrinsic("signal", INT64, span, [this.constant(SIGSTOP, INT64, span)]);
    // The process stops on its way back from the probe: user space has been asked by then.
    const body: Step[] = [
      { kind: "evaluate", value: told, span },
      ...(stops ? [{ kind: "evaluate", value: stop, span } as const] : []),
    ];
    const isNew = this.intrinsic("begin-watch", BOOLEAN, span, [address, this.text(program, span)]);
    return [
      { kind: "set-local", local, value: given, span },
      { kind: "if", test: isNew, body, otherwise: [], span },
    ];
  }

  unwatch(call: CallExpression): Value {
    if (!this.arity(call, 1)) return this.doesNothing(call);
    const address = convert(this.number(call), UINT64);
    if (address.type.kind === "none") return address;
    const value: Value = { kind: "convert", operand: address, type: UINT64, span: call.span };
    return this.emit({ kind: "unwatch" }, [value], call.span);
  }
}
