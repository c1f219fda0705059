import type { Intrinsic, TypedAction, Value } from "../../program/tir.ts";
import type { DeferredType, IntegerType, Type } from "../../program/types.ts";
import { SourceText, type Span } from "../../source/source-text.ts";
import type { Expression } from "./ast.ts";
import { CheckExpressions } from "./check-expression.ts";
import { parseWholeExpression } from "./parse-script.ts";
import type { ArgumentPlace } from "./place-arguments.ts";
import { placedAt } from "./placed-at.ts";
import { type ContextField, hasRegisters } from "./probe-context.ts";
import { REGISTERS } from "./registers.ts";
import { BOOLEAN, INT32, INT64, NONE, pointerTo, UINT32, UINT64 } from "./type-names.ts";

/** Builtins that the lowering knows, with their types. */
const DIRECT: Readonly<Record<string, readonly [Intrinsic, Type]>> = {
  pid: ["pid", UINT32],
  tid: ["tid", UINT32],
  uid: ["uid", UINT32],
  gid: ["gid", UINT32],
  cpu: ["cpu", UINT32],
  numaid: ["numa-node", UINT32],
  cgroup: ["cgroup", UINT64],
  rand: ["random", UINT32],
  jiffies: ["jiffies", UINT64],
  nsecs: ["time-boot", UINT64],
  comm: ["comm", { kind: "string", size: 16 }],
};

/** Builtins that others say. */
const DERIVED: Readonly<Record<string, string>> = {
  ppid: "(uint32)curtask.real_parent.tgid",
  pcomm: "curtask.real_parent.comm",
  leader_tid: "(uint32)curtask.group_leader.pid",
  leader_comm: "curtask.group_leader.comm",
};

const DEFAULT_DEPTH = 127;

/** Builtins: values that a name alone gives. */
export abstract class CheckBuiltins extends CheckExpressions {
  protected abstract emit(
    action: Omit<TypedAction, "arguments" | "span">,
    values: readonly Value[],
    span: Span,
  ): Value;

  protected intrinsic(name: Intrinsic, type: Type, span: Span, args: readonly Value[] = []): Value {
    return { kind: "call", name, arguments: args, type, span };
  }

  override parsed(name: string, text: string): Expression | undefined {
    return parseWholeExpression(new SourceText(name, text));
  }

  override builtin(name: string, span: Span): Value {
    if (name === "pid" || name === "tid") return this.inNamespace(name, span);
    const direct = DIRECT[name];
    if (direct !== undefined) return this.intrinsic(direct[0], direct[1], span);
    const derived = DERIVED[name];
    if (derived !== undefined) {
      const expression = this.parsed(name, derived);
      return expression === undefined ? this.nothing(span) : this.value(placedAt(expression, span));
    }
    const argument = /^(s?)arg(\d+)$/.exec(name);
    if (argument !== null) return this.argument(Number(argument[2]), argument[1] === "s", span);
    switch (name) {
      case "elapsed":
        return this.intrinsic("time-boot", UINT64, span, [this.text("elapsed", span)]);
      case "username":
        return this.intrinsic("username", { kind: "deferred", what: "username" }, span);
      case "kstack":
      case "ustack":
        return this.stack(name, undefined, undefined, span);
      case "retval":
        return this.retval(span);
      case "func":
        return this.func(span);
      case "probe":
        return this.text(this.context.name, span);
      case "probetype":
        return this.text(isOwn(this.context.provider) ? "special" : this.context.provider, span);
      case "args":
        return this.allArguments(span);
      case "curtask":
        return this.#currentTask(span);
      case "ctx":
        return { kind: "context-address", type: pointerTo(NONE, "kernel"), span };
      case "ncpus":
        return this.constant(BigInt(this.state.world.cpus), UINT32, span);
      case "cpid": {
        const { childPid } = this.state.world;
        if (childPid !== undefined) return this.constant(BigInt(childPid), UINT32, span);
        return this.#noChild(span);
      }
      case "has_cpid":
        return this.constant(this.state.world.childPid === undefined ? 0n : 1n, BOOLEAN, span);
      case "usermode":
        return this.#userMode(span);
      default:
        return this.refuse(`Unknown identifier: '${name}'`, span);
    }
  }

  /** The number that our own namespace of processes gives the process. */
  protected inNamespace(which: "pid" | "tid", span: Span): Value {
    const { pidNamespace } = this.state.world;
    if (pidNamespace === undefined) return this.intrinsic(which, UINT32, span);
    const place = [pidNamespace.device, pidNamespace.inode].map((value) =>
      this.constant(value, UINT64, span),
    );
    return this.intrinsic(which === "pid" ? "namespace-pid" : "namespace-tid", UINT32, span, place);
  }

  /** A script that asks has_cpid before never comes here. */
  #noChild(span: Span): Value {
    const told = this.emit({ kind: "warnf", format: "cpid is 0: there is no child process (-c)" }, [], span);
    const value = this.constant(0n, UINT32, span);
    return { kind: "block", body: [{ kind: "evaluate", value: told, span }], value, type: UINT32, span };
  }

  #currentTask(span: Span): Value {
    const task = this.state.types.find("struct task_struct");
    return this.intrinsic("current-task", task === undefined ? UINT64 : pointerTo(task, "kernel"), span);
  }

  protected register(name: string, type: Type, span: Span): Value | undefined {
    const offset = REGISTERS[this.state.world.facts.architecture].names[name];
    return offset === undefined ? undefined : { kind: "context", offset, type, span };
  }

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
    return this.#onStack(8 * (onStack ? index : index - registers.arguments.length), span);
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

  private func(span: Span): Value {
    const { provider, attach } = this.context;
    if (provider === "fentry" || provider === "fexit") {
      return this.text("symbol" in attach ? String(attach.symbol) : "", span);
    }
    if (!hasRegisters(provider)) {
      return this.refuse(`The func builtin can not be used with "${provider}" probes`, span);
    }
    // A pattern's programs ask for the address, and so do all when their texts are to be of one type.
    const named = "symbol" in attach ? attach.symbol : undefined;
    if (named !== undefined && !this.state.hasPatterns) return this.text(String(named), span);
    const user = provider === "uprobe" || provider === "uretprobe" || provider === "usdt";
    const address = this.intrinsic("function-address", UINT64, span);
    if (user) return this.intrinsic("usym", { kind: "deferred", what: "usym" }, span, [address]);
    return { kind: "reinterpret", operand: address, type: { kind: "deferred", what: "ksym" }, span };
  }

  #userMode(span: Span): Value {
    const { provider } = this.context;
    if (["begin", "end", "self", "test", "bench"].includes(provider)) return this.constant(1n, INT32, span);
    const cs = this.register("cs", UINT64, span);
    const readable =
      hasRegisters(provider) ||
      provider === "interval" ||
      provider === "profile" ||
      provider === "software" ||
      provider === "hardware";
    if (cs === undefined || !readable)
      return this.refuse(`usermode can not be used with "${provider}" probes here`, span);
    const ring = this.operate("&", cs, this.constant(3n, UINT64, span), span);
    return this.operate("==", ring, this.constant(3n, UINT64, span), span);
  }

  protected stack(
    which: "kstack" | "ustack",
    mode: DeferredType["mode"],
    depth: number | undefined,
    span: Span,
  ): Value {
    const frames = depth ?? DEFAULT_DEPTH;
    this.state.stackDepths.add(frames);
    const type: DeferredType = {
      kind: "deferred",
      what: which,
      mode: mode ?? this.state.settings.stackMode,
      depth: frames,
    };
    return this.intrinsic(which === "kstack" ? "kernel-stack" : "user-stack", type, span);
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
        return { ...this.#onStack(place.offset, span), type };
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
  #onStack(offset: number, span: Span): Value & { readonly kind: "read" } {
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

  protected argumentNamed(name: string, span: Span): Value | undefined {
    const field = this.context.arguments?.find((one) => one.name === name);
    return field === undefined ? undefined : this.contextField(field, span);
  }

  /** `args` as a value: all of them. */
  private allArguments(span: Span): Value {
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

function isOwn(provider: string): boolean {
  return provider === "begin" || provider === "end" || provider === "self";
}
