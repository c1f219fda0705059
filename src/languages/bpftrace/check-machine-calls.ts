import type { Intrinsic, Value } from "../../program/tir.ts";
import type { IntegerType } from "../../program/types.ts";
import type { CallExpression } from "./ast.ts";
import { CheckTimeCalls } from "./check-time-calls.ts";
import { hasRegisters, type Provider } from "./probe-context.ts";
import { REGISTERS } from "./registers.ts";
import { INT64, UINT64 } from "./type-names.ts";

/** Their contexts begin with the registers, too. */
const SAMPLED: ReadonlySet<Provider> = new Set([
  ...(["interval", "profile", "software", "hardware", "watchpoint", "asyncwatchpoint"] as const),
]);

/** Functions that ask the machine: registers, addresses, control groups, and signals. */
export abstract class CheckMachineCalls extends CheckTimeCalls {
  reg(call: CallExpression): Value {
    const name = this.literalText(call.arguments[0], call) ?? "";
    const { provider } = this.context;
    if (!hasRegisters(provider) && !SAMPLED.has(provider))
      return this.refuse(`The reg function can not be used with "${provider}" probes`, call.span);
    const value = this.register(name, UINT64, call.span);
    if (value !== undefined) return value;
    const { names } = REGISTERS[this.state.world.facts.architecture];
    return this.refuse(
      `'${name}' is not a valid register on this architecture`,
      call.span,
      `There are ${Object.keys(names).join(", ")}.`,
    );
  }

  kaddr(call: CallExpression): Value {
    const [first] = call.arguments;
    const name =
      first?.kind === "call" && first.name === "str" ? this.#textOf(first) : this.literalText(first, call);
    if (name === undefined) return this.nothing(call.span);
    const address = this.state.world.kernelAddress(name);
    if (address === undefined) return this.refuse(`Failed to resolve kernel symbol: ${name}`, call.span);
    return this.constant(address, UINT64, call.span);
  }

  #textOf(call: CallExpression): string | undefined {
    const value = this.call(call);
    return value.kind === "text" ? value.bytes : undefined;
  }

  cgroupId(call: CallExpression): Value {
    const path = this.literalText(call.arguments[0], call);
    if (path === undefined) return this.nothing(call.span);
    const id = this.state.world.cgroupId(path);
    return id === undefined
      ? this.refuse(`there is no cgroup ${path}`, call.span)
      : this.constant(id, UINT64, call.span);
  }

  cgroupPath(call: CallExpression): Value {
    const { arguments: args, span } = call;
    if (!this.arity(call, 1, 2)) return this.nothing(span);
    const filter = args[1] === undefined ? undefined : this.literalText(args[1], call);
    const format = filter === undefined ? {} : { format: filter };
    return this.spelled(
      { ...call, arguments: args.slice(0, 1) },
      { kind: "deferred", what: "cgroup-path", ...format },
    );
  }

  /** pid(init), pid(curr_ns). */
  namespaceId(which: "pid" | "tid", call: CallExpression): Value {
    const [argument] = call.arguments;
    if (argument === undefined) return this.builtin(which, call.span);
    const name = argument.kind === "name" ? argument.name : "";
    const type: IntegerType = { kind: "integer", bytes: 4, signed: false };
    if (name === "init") return this.intrinsic(which, type, call.span);
    if (name === "curr_ns") return this.inNamespace(which, call.span);
    return this.refuse(`Invalid PID namespace mode: ${name} (expects: curr_ns or init)`, argument.span);
  }

  /** A variable that each CPU has one of. */
  perCpuAddress(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.nothing(span);
    const name = this.literalText(call.arguments[0], call);
    if (name === undefined) return this.nothing(span);
    const type = this.state.types.kernelVariable(name);
    if (type === undefined) return this.refuse(`the kernel's BTF has no per-CPU variable ${name}`, span);
    const cpu = call.arguments[1] === undefined ? [] : [this.number(call, 1)];
    return this.intrinsic("per-cpu-address", { kind: "pointer", to: type, space: "kernel" }, span, [
      this.text(name, span),
      ...cpu,
    ]);
  }

  sendSignal(call: CallExpression, name: Intrinsic & ("signal" | "signal-thread" | "override")): Value {
    if (!this.unsafe(call) || !this.arity(call, 1)) return this.does([], call.span);
    const [first] = call.arguments;
    const number = first?.kind === "string" ? signalNumber(first.value) : undefined;
    if (first?.kind === "string" && number === undefined)
      return this.refuse(`${first.value} is not a valid signal`, first.span);
    const value = number === undefined ? this.number(call) : this.constant(BigInt(number), INT64, call.span);
    const made = this.intrinsic(name, INT64, call.span, [value]);
    return this.does([{ kind: "evaluate", value: made, span: call.span }], call.span);
  }
}

const SIGNALS =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

function signalNumber(name: string): number | undefined {
  const index = SIGNALS.indexOf(name.replace(/^SIG/, ""));
  return index < 0 ? undefined : index + 1;
}
