import type { Value } from "../../program/tir.ts";
import type { DeferredType, Type } from "../../program/types.ts";
import { similarNames } from "../../source/similar-names.ts";
import { addressBytes } from "./address-bytes.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { isBuiltin } from "./builtin-names.ts";
import { AGGREGATES } from "./check-aggregate.ts";
import { CheckWatchCalls } from "./check-watch-calls.ts";
import { BOOLEAN, INT64, NONE } from "./type-names.ts";

type Call = (check: CheckCalls, call: CallExpression) => Value;

/** Functions. Each says what it takes, what it gives and what it does. */
export class CheckCalls extends CheckWatchCalls {
  override call(call: CallExpression): Value {
    const { name, span } = call;
    const known = CALLS[name];
    if (known !== undefined) return known(this, call);
    const own = this.state.functions.get(name);
    if (own !== undefined) return this.callFunction(own, call);
    const imported = this.state.imported.get(name);
    if (imported !== undefined) return this.callImported(imported, call);
    if (AGGREGATES.has(name)) {
      return this.refuse(`${name}() should be assigned to a map`, span, `For instance @x = ${name}(...).`);
    }
    if (isBuiltin(name) && call.arguments.length === 0)
      return this.builtin(name.replace(/^__builtin_/, ""), span);
    const similar = similarNames(
      name,
      [
        ...Object.keys(CALLS),
        ...AGGREGATES,
        ...this.state.macros.names(),
        ...this.state.functions.keys(),
        ...this.state.imported.keys(),
      ],
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
    return check.moment(call, format ?? "");
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
  comm: (check, call) =>
    call.arguments.length === 0
      ? check.builtin("comm", call.span)
      : check.spelled(call, { kind: "deferred", what: "process-name" }),
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
  uaddr: (check, call) => check.userAddress(call),
  path: (check, call) => check.path(call),
  skboutput: (check, call) => check.packetOutput(call),
  cgroupid: (check, call) => check.cgroupId(call),
  kptr: (check, call) => check.space(call, "kernel"),
  uptr: (check, call) => check.space(call, "user"),
  strncmp: (check, call) => check.strncmp(call),
  strcontains: (check, call) => check.strcontains(call),
  strlen: (check, call) => check.strlen(call),
  getopt: (check, call) => check.option(call),
  signal: (check, call) => check.sendSignal(call, "signal"),
  signal_thread: (check, call) => check.sendSignal(call, "signal-thread"),
  override: (check, call) => check.sendSignal(call, "override"),
  socket_cookie: (check, call) => check.socketCookie(call),
  strstr: (check, call) => check.strstr(call),
  str_concat: (check, call) => check.concatenate(call),
  strcap: (check, call) => check.strcap(call),
  globmatch: (check, call) => check.globmatch(call),
  memcmp: (check, call) => check.memcmp(call),
  unwatch: (check, call) => check.unwatch(call),
  write_user: (check, call) => check.writeUser(call),
  default_str_length: (check, call) => check.defaultLength(call),
  container_of: (check, call) => check.containerOf(call),
  typeinfo: (check, call) => check.typeInfo(call),
  is_literal: (check, call) => check.isLiteral(call),
  kfunc_exist: (check, call) => check.kernelFunctionExists(call),
  kfunc_allowed: (check, call) => check.kernelFunctionAllowed(call),
  is_ptr: compileTime((type) => type.kind === "pointer"),
  is_str: compileTime((type) => type.kind === "string"),
  is_array: compileTime((type) => type.kind === "array"),
  is_integer: compileTime((type) => type.kind === "integer"),
  is_unsigned_integer: compileTime((type) => type.kind === "integer" && !type.signed),
  is_err: (check, call) => check.isError(call),
};
