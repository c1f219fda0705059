import type { Intrinsic, Step, Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { IntegerType, Type } from "../../program/types.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckArguments } from "./check-arguments.ts";
import { convert } from "./convert.ts";
import { hasRegisters, type Provider } from "./probe-context.ts";
import { REGISTERS } from "./registers.ts";
import { INT64, NONE, typeName, UINT64 } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

const TIMES = {
  boot: "time-boot",
  monotonic: "time-monotonic",
  tai: "time-tai",
  sw_tai: "time-tai",
} as const;

/** Their contexts begin with the registers, too. */
const SAMPLED: ReadonlySet<Provider> = new Set([
  ...(["interval", "profile", "software", "hardware", "watchpoint", "asyncwatchpoint"] as const),
]);

/** Functions of a few lines each. */
export abstract class CheckSmallCalls extends CheckArguments {
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

  /** Kernel functions give small negative numbers as pointers. */
  isError(call: CallExpression): Value {
    const value = convert(this.number(call), UINT64);
    const { span } = call;
    const cast: Value = { kind: "convert", operand: value, type: UINT64, span };
    return this.operate(">", cast, this.constant((1n << 64n) - 4096n, UINT64, span), span);
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

const SIGNALS =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

function signalNumber(name: string): number | undefined {
  const index = SIGNALS.indexOf(name.replace(/^SIG/, ""));
  return index < 0 ? undefined : index + 1;
}
