import type { Intrinsic, TypedAction, Value } from "../../program/tir.ts";
import type { DeferredType, Type } from "../../program/types.ts";
import { SourceText, type Span } from "../../source/source-text.ts";
import type { Expression } from "./ast.ts";
import { CheckProbeArguments } from "./check-probe-arguments.ts";
import { parseWholeExpression } from "./parse-script.ts";
import { placedAt } from "./placed-at.ts";
import { hasRegisters } from "./probe-context.ts";
import { BOOLEAN, INT32, NONE, pointerTo, UINT32, UINT64 } from "./type-names.ts";

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
export abstract class CheckBuiltins extends CheckProbeArguments {
  protected abstract emit(
    action: Omit<TypedAction, "arguments" | "span">,
    values: readonly Value[],
    span: Span,
  ): Value;

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
}

function isOwn(provider: string): boolean {
  return provider === "begin" || provider === "end" || provider === "self";
}
