import { isIP } from "node:net";
import { BpfError } from "../../errors.ts";
import type { Step, TypedAction, Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { Aggregate, DeferredType, Type } from "../../program/types.ts";
import { similarNames } from "../../source/similar-names.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { isBuiltin } from "./builtin-names.ts";
import { findMember, isNumber } from "./check-expression.ts";
import { CheckSmallCalls } from "./check-small-calls.ts";
import { convert } from "./convert.ts";
import { readFormat } from "./format-text.ts";
import { BOOLEAN, INT32, INT64, NONE, pointerTo, typeName, UINT64 } from "./type-names.ts";

type Call = (check: CheckCalls, call: CallExpression) => Value;

const AGGREGATES: ReadonlySet<string> = new Set([
  "count",
  "sum",
  "min",
  "max",
  "avg",
  "stats",
  "hist",
  "lhist",
  "tseries",
]);
const STACK_MODES = ["bpftrace", "perf", "raw", "build_id"] as const;
const LONGEST_SERIES = 1000n;
const MOST_BUCKETS = 1000n;

/** Functions. Each says what it takes, what it gives and what it does. */
export class CheckCalls extends CheckSmallCalls {
  override call(call: CallExpression): Value {
    const { name, span } = call;
    const known = CALLS[name];
    if (known !== undefined) return known(this, call);
    if (AGGREGATES.has(name)) {
      return this.refuse(`${name}() should be assigned to a map`, span, `For instance @x = ${name}(...).`);
    }
    if (isBuiltin(name) && call.arguments.length === 0)
      return this.builtin(name.replace(/^__builtin_/, ""), span);
    const similar = similarNames(
      name,
      [...Object.keys(CALLS), ...AGGREGATES, ...this.state.macros.keys()],
      1,
    )[0];
    const hint = similar === undefined ? undefined : `Did you mean ${similar}()?`;
    for (const argument of call.arguments) if (argument.kind !== "type") this.value(argument);
    return this.refuse(`Unknown function: '${name}'`, call.nameSpan, hint);
  }

  override isFunction(name: string): boolean {
    return CALLS[name] !== undefined || AGGREGATES.has(name) || isBuiltin(name);
  }

  override specialField({ of, name, span }: Extract<Expression, { kind: "field" }>): Value | undefined {
    const isCall = of.kind === "call" && of.arguments.length === 0;
    if (of.kind !== "name" && !isCall) return undefined;
    if ((of.name === "config" && isCall) || of.name === "__builtin_config") {
      const value = this.state.settings.raw[name];
      if (value === undefined) return this.refuse(`there is no setting ${name}`, span);
      if (typeof value === "string") return this.text(value, span);
      return typeof value === "boolean"
        ? this.constant(value ? 1n : 0n, BOOLEAN, span)
        : this.constant(BigInt(value), INT64, span);
    }
    if (of.name === "ctx" && this.context.provider === "iter") return this.argumentNamed(name, span);
    if (of.name !== "args" || this.scope.expression("args") !== undefined) return undefined;
    const found = this.argumentNamed(name, span);
    if (found !== undefined) return found;
    const { arguments: fields, provider, name: probe } = this.context;
    if (fields === undefined)
      return this.refuse(`The args builtin can not be used with "${provider}" probes`, of.span);
    if (provider === "fexit" && name === "retval") return this.retval(span);
    const similar = similarNames(
      name,
      fields.map((field) => field.name),
      1,
    )[0];
    const hint =
      similar === undefined
        ? `There are ${fields.map((field) => field.name).join(", ")}.`
        : `Did you mean ${similar}?`;
    return this.refuse(`${probe} has no argument named '${name}'`, span, hint);
  }

  override aggregate({
    name,
    arguments: args,
    span,
  }: CallExpression): { aggregate: Aggregate; value: Value | undefined } | undefined {
    if (!AGGREGATES.has(name)) return undefined;
    if (name === "count") {
      if (args.length > 0) this.error("count() takes no arguments", span);
      return { aggregate: { kind: "count" }, value: undefined };
    }
    const [first] = args;
    if (first === undefined) {
      this.error(`${name}() requires at least one argument`, span);
      return undefined;
    }
    const value = this.value(first);
    if (!isNumber(value.type) && value.type.kind !== "none") {
      this.error(`${name}() only supports integer arguments (${typeName(value.type)} provided)`, value.span);
    }
    const signed = value.type.kind === "integer" && value.type.signed;
    switch (name) {
      case "sum":
      case "min":
      case "max":
      case "avg":
      case "stats":
        if (args.length > 1) this.error(`${name}() takes one argument`, span);
        return { aggregate: { kind: name, signed }, value };
      case "hist": {
        const bits = this.literalNumber(args[1], 0n, "hist() needs a literal as its second argument");
        if (bits < 0n || bits > 5n) this.error(`hist() bits parameter must be 0..5`, span);
        return { aggregate: { kind: "hist", bits: Number(bits) }, value };
      }
      case "lhist":
        return { aggregate: this.#lhist(args, span), value };
      default:
        return { aggregate: this.#tseries(args, signed, span), value };
    }
  }

  #lhist(args: readonly Expression[], span: Span): Aggregate {
    const plain: Aggregate = { kind: "lhist", min: 0n, max: 1n, step: 1n };
    if (args.length !== 4) {
      this.error("lhist() requires 4 arguments: the value, min, max and step", span);
      return plain;
    }
    const [min, max, step] = args
      .slice(1)
      .map((arg) => this.literalNumber(arg, 0n, "lhist() min, max and step must be literals")) as [
      bigint,
      bigint,
      bigint,
    ];
    if (step <= 0n) this.error("lhist() step must be >= 1", span);
    else if (max <= min)
      this.error(`lhist() min must be less than max (provided min ${min} and max ${max})`, span);
    else if ((max - min) / step > MOST_BUCKETS)
      this.error(
        `lhist() too many buckets, must be <= ${MOST_BUCKETS} (would need ${(max - min) / step})`,
        span,
      );
    else return { kind: "lhist", min, max, step };
    return plain;
  }

  #tseries(args: readonly Expression[], signed: boolean, span: Span): Aggregate {
    const intervalNs = this.literalNumber(args[1], 1_000_000_000n, "tseries() needs a literal interval");
    const intervals = this.literalNumber(args[2], 1n, "tseries() needs a literal number of intervals");
    const how = args[3]?.kind === "string" ? args[3].value : "last";
    const known = (["avg", "max", "min", "sum"] as const).find((one) => one === how);
    if (args.length < 3)
      this.error(
        "tseries() requires at least 3 arguments: the value, the interval and the number of intervals",
        span,
      );
    if (args[3] !== undefined && known === undefined)
      this.error(`tseries() expects one of avg, max, min and sum (${how} provided)`, span);
    if (intervalNs < 1n) this.error("tseries() interval must be larger than 0", span);
    const good = intervals >= 1n && intervals <= LONGEST_SERIES;
    if (!good) this.error(`tseries() num_intervals must be 1 to ${LONGEST_SERIES}`, span);
    return {
      kind: "tseries",
      intervalNs: intervalNs < 1n ? 1n : intervalNs,
      intervals: good ? Number(intervals) : 1,
      how: known ?? "last",
      signed,
    };
  }

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
    return this.emit(
      { kind, format },
      values.map((value) => this.printable(value)),
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

  /** Key arguments after a map: one, or several that are a tuple's. */
  keyArgument(map: string, call: CallExpression, from = 1): { index: number; key: Value | undefined } {
    const keys = call.arguments.slice(from);
    const [only] = keys;
    const span = only?.span ?? call.span;
    const key: Expression | undefined = keys.length > 1 ? { kind: "tuple", items: keys, span } : only;
    return this.mapKey(map, key, call.span);
  }

  wholeMap(kind: "clear" | "zero", call: CallExpression): Value {
    this.arity(call, 1);
    const map = this.mapArgument(call.arguments[0], call);
    if (map === undefined) return this.does([], call.span);
    return this.emit({ kind, map: map.index }, [], call.span);
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

  offsetOf(call: CallExpression): Value {
    const [of, path] = call.arguments;
    if (!this.arity(call, 2) || path === undefined) return this.nothing(call.span);
    let type = this.typeArgument(of, call);
    if (type.kind === "pointer") type = type.to;
    let offset = 0;
    for (const name of memberNames(path) ?? [""]) {
      const member = type.kind === "struct" ? findMember(type, name) : undefined;
      if (member === undefined)
        return this.refuse(`${typeName(type)} does not contain a field named '${name}'`, path.span);
      offset += Math.floor(member.bitOffset / 8);
      type = member.type;
    }
    return this.constant(BigInt(offset), UINT64, call.span);
  }

  string(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.nothing(span);
    const [first, length] = call.arguments;
    const { parameters } = this.state.world;
    const size = length === undefined ? undefined : this.value(length);
    if (size !== undefined && !isNumber(size.type))
      this.error("str() expects an integer as its length", size.span);
    const text =
      first?.kind === "parameter" && first.index > 0 ? (parameters[first.index - 1] ?? "") : undefined;
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

  /** Fails, now or at run time, with the place in the text. */
  assert(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1, 2)) return this.does([], span);
    const test = this.test(call.arguments[0] as Expression);
    const message = call.arguments[1]?.kind === "string" ? call.arguments[1].value : "assertion failed";
    const failed = this.emit({ kind: "errorf", format: message.replaceAll("%", "%%") }, [], span);
    const exit = this.exit(this.constant(1n, INT32, span), span);
    const otherwise = [failed, exit].map((value) => ({ kind: "evaluate", value, span }) as const);
    return this.does([{ kind: "if", test, body: [], otherwise, span }], span);
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

  /** delete(@m[k]), delete(@m, k), delete(@m). */
  delete(call: CallExpression): Value {
    const { span } = call;
    const [first] = call.arguments;
    const map = this.mapArgument(first, call);
    if (map === undefined) return this.nothing(span);
    const { index, key } =
      first?.kind === "map" && first.key !== undefined
        ? this.mapKey(map.name, first.key, first.span)
        : this.keyArgument(map.name, call);
    return { kind: "map-delete", map: index, key, type: BOOLEAN, span };
  }

  hasKey(call: CallExpression): Value {
    const { span } = call;
    const map = this.mapArgument(call.arguments[0], call);
    if (map === undefined) return this.nothing(span);
    if (!this.arity(call, 2, 20)) return this.constant(0n, BOOLEAN, span);
    const { index, key } = this.keyArgument(map.name, call);
    return { kind: "map-has", map: index, key, type: BOOLEAN, span };
  }

  /** find(@m, k, $v): true, and the value in $v, where there is one. */
  find(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 3)) return this.constant(0n, BOOLEAN, span);
    const map = this.mapArgument(call.arguments[0], call);
    const target = call.arguments[2];
    if (map === undefined || target?.kind !== "variable") {
      return this.refuse("find() expects a map, a key and a variable", span);
    }
    const { index, key } = this.mapKey(map.name, call.arguments[1], span);
    const has: Value = { kind: "map-has", map: index, key, type: BOOLEAN, span };
    const value = this.mapValue({ kind: "map", name: map.name, key: call.arguments[1], span });
    const known = this.declare(`find ${span.start}`, span);
    this.state.widenLocal(known.name, known.key, BOOLEAN, span);
    const body = this.setVariable(target.name, value, target.span);
    const test: Value = { kind: "local", local: known, type: BOOLEAN, span };
    const steps: Step[] = [
      { kind: "set-local", local: known, value: has, span },
      { kind: "if", test, body, otherwise: [], span },
    ];
    return { kind: "block", body: steps, value: test, type: BOOLEAN, span };
  }

  length(call: CallExpression): Value {
    const { span } = call;
    const [first] = call.arguments;
    if (!this.arity(call, 1)) return this.nothing(span);
    if (first?.kind === "map" && first.key === undefined) {
      const map = this.state.map(this.scope.map(first.name), first.span);
      if (map.value.kind !== "deferred")
        return { kind: "map-length", map: this.state.mapIndex(map.name), type: UINT64, span };
    }
    const value = this.value(first as Expression);
    if (value.type.kind === "deferred" && (value.type.what === "kstack" || value.type.what === "ustack")) {
      return this.intrinsic("stack-length", UINT64, span, [value]);
    }
    if (value.type.kind === "none") return value;
    return this.refuse(
      `len() expects a map or stack to be provided (${typeName(value.type)} provided)`,
      span,
    );
  }
}

/** The names of `a.b.c`, also where it was read as something else. */
function memberNames(path: Expression): string[] | undefined {
  if (path.kind === "name") return [path.name];
  if (path.kind !== "field") return undefined;
  const before = memberNames(path.of);
  return before === undefined ? undefined : [...before, path.name];
}

function optionError(name: string | undefined, wanted: string, given: string): BpfError {
  return new BpfError(
    "SCRIPT_OPTION",
    `program command line option --${name} invalid ${wanted} (value: ${given})`,
  );
}

function compileTime(test: (type: Type) => boolean): Call {
  return (check, call) => {
    const type = check.typeArgument(call.arguments[0], call);
    return { kind: "constant", value: test(type) ? 1n : 0n, type: BOOLEAN, span: call.span };
  };
}

function deferred(what: DeferredType["what"]): Call {
  return (check, call) => check.spelled(call, { kind: "deferred", what });
}

/** The bytes of an address, now. */
function pton(check: CheckCalls, call: CallExpression): Value {
  const text = check.literalText(call.arguments[0], call);
  if (text === undefined) return check.doesNothing(call);
  const bytes = addressBytes(text);
  const { span } = call;
  if (bytes === undefined) {
    check.complain(`pton() expects a string argument of an IPv4 or IPv6 address, got ${text}`, span);
    return { kind: "constant", value: 0n, type: NONE, span };
  }
  const type: Type = { kind: "array", of: { kind: "integer", bytes: 1, signed: false }, count: bytes.length };
  const raw = String.fromCharCode(...bytes);
  const operand: Value = { kind: "text", bytes: raw, type: { kind: "string", size: bytes.length }, span };
  return { kind: "reinterpret", operand, type, span };
}

function addressBytes(text: string): number[] | undefined {
  if (isIP(text) === 4) return text.split(".").map(Number);
  if (isIP(text) !== 6) return undefined;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail?.[2]?.split(".").map(Number) ?? [];
  const plain =
    tail === null
      ? text
      : `${tail[1]}${[0, 2].map((i) => (((four[i] ?? 0) << 8) | (four[i + 1] ?? 0)).toString(16)).join(":")}`;
  const [head = "", rest] = plain.split("::");
  const groups = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = rest === undefined ? [] : groups(rest);
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return all.flatMap((group) => [group >> 8, group & 255]);
}

const CALLS: Readonly<Record<string, Call>> = {
  printf: (check, call) => check.formatted("printf", call),
  errorf: (check, call) => check.formatted("errorf", call),
  warnf: (check, call) => check.formatted("warnf", call),
  cat: (check, call) => check.formatted("cat", call),
  system: (check, call) => (check.unsafe(call) ? check.formatted("system", call) : check.doesNothing(call)),
  print: (check, call) => check.print(call),
  clear: (check, call) => check.wholeMap("clear", call),
  zero: (check, call) => check.wholeMap("zero", call),
  delete: (check, call) => check.delete(call),
  has_key: (check, call) => check.hasKey(call),
  find: (check, call) => check.find(call),
  len: (check, call) => check.length(call),
  exit: (check, call) => check.exit(call.arguments.length === 0 ? undefined : check.number(call), call.span),
  time: (check, call) => check.time(call),
  strftime: (check, call) => {
    const format = check.literalText(call.arguments[0], call);
    if (!check.arity(call, 2)) return check.doesNothing(call);
    return check.spelled(call, { kind: "deferred", what: "strftime", format: format ?? "" });
  },
  join: (check, call) => check.join(call),
  str: (check, call) => check.string(call),
  buf: (check, call) => check.buffer(call),
  ntop: (check, call) => check.inet(call),
  pton,
  macaddr: (check, call) => check.mac(call),
  ksym: deferred("ksym"),
  strerror: deferred("errno"),
  signal_name: deferred("signal"),
  syscall_name: deferred("syscall"),
  cgroup_path: (check, call) => check.cgroupPath(call),
  usym: (check, call) => check.usym(call),
  kstack: (check, call) => check.stackCall("kstack", call),
  ustack: (check, call) => check.stackCall("ustack", call),
  nsecs: (check, call) => check.nsecs(call),
  bswap: (check, call) => check.bswap(call),
  sizeof: (check, call) => check.sizeOf(call),
  offsetof: (check, call) => check.offsetOf(call),
  reg: (check, call) => check.reg(call),
  kaddr: (check, call) => check.kaddr(call),
  percpu_kaddr: (check, call) => check.perCpuAddress(call),
  debugf: (check, call) => check.debugPrint(call),
  pid: (check, call) => check.namespaceId("pid", call),
  tid: (check, call) => check.namespaceId("tid", call),
  fail: (check, call) => check.fail(call),
  uaddr: (check, call) => check.unsupported(call),
  path: (check, call) => check.path(call),
  skboutput: (check, call) => check.unsupported(call),
  cgroupid: (check, call) => check.cgroupId(call),
  kptr: (check, call) => check.space(call, "kernel"),
  uptr: (check, call) => check.space(call, "user"),
  strncmp: (check, call) => check.strncmp(call),
  strcontains: (check, call) => check.strcontains(call),
  strlen: (check, call) => check.strlen(call),
  getopt: (check, call) => check.option(call),
  assert: (check, call) => check.assert(call),
  signal: (check, call) => check.sendSignal(call, "signal"),
  signal_thread: (check, call) => check.sendSignal(call, "signal-thread"),
  override: (check, call) => check.sendSignal(call, "override"),
  socket_cookie: (check, call) => check.unsupported(call),
  is_ptr: compileTime((type) => type.kind === "pointer"),
  is_str: compileTime((type) => type.kind === "string"),
  is_array: compileTime((type) => type.kind === "array"),
  is_integer: compileTime((type) => type.kind === "integer"),
  is_err: (check, call) => check.isError(call),
};
