import type { UserFunctionPoint } from "../../program/program.ts";
import type { Value } from "../../program/tir.ts";
import type { Type } from "../../program/types.ts";
import type { Span } from "../../source/source-text.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckSearchCalls } from "./check-search-calls.ts";
import { findMember } from "./find-member.ts";
import { REGISTERS } from "./registers.ts";
import { typeInfo } from "./type-info.ts";
import { BOOLEAN, pointerTo, typeName, UINT64 } from "./type-names.ts";

/** Where kernel functions can be called from, if they can be called at all. */
const CALLING: ReadonlySet<string> = new Set(["fentry", "fexit", "iter"]);

/** bpf_get_func_ip() in programs of uprobes: Linux 6.6. */
const FUNCTION_ADDRESS_SINCE = 0x60600;

/** Functions whose answers are known when the script is compiled: of types, literals and the kernel. */
export abstract class CheckTypeCalls extends CheckSearchCalls {
  offsetOf(call: CallExpression): Value {
    const [of, path] = call.arguments;
    if (!this.arity(call, 2) || path === undefined) return this.nothing(call.span);
    const offset = this.#offset(this.typeArgument(of, call), path);
    return offset === undefined ? this.nothing(call.span) : this.constant(BigInt(offset), UINT64, call.span);
  }

  #offset(of: Type, path: Expression): number | undefined {
    let type = of.kind === "pointer" ? of.to : of;
    let offset = 0;
    for (const name of memberNames(path) ?? [""]) {
      const member = type.kind === "struct" ? findMember(type, name) : undefined;
      if (member === undefined) {
        this.error(`${typeName(type)} does not contain a field named '${name}'`, path.span);
        return undefined;
      }
      offset += Math.floor(member.bitOffset / 8);
      type = member.type;
    }
    return offset;
  }

  /** The struct that a pointer leads into the middle of. */
  containerOf(call: CallExpression): Value {
    const { span } = call;
    const [argument, of, path] = call.arguments;
    if (!this.arity(call, 3) || argument === undefined || path === undefined) return this.nothing(span);
    const pointer = this.value(argument);
    const type = this.typeArgument(of, call);
    const offset = this.#offset(type, path);
    if (offset === undefined || pointer.type.kind === "none") return this.nothing(span);
    if (pointer.type.kind !== "pointer") {
      return this.refuse(
        `container_of() expects a pointer (${typeName(pointer.type)} provided)`,
        pointer.span,
      );
    }
    return this.offsetAddress(pointer, -offset, pointerTo(type, pointer.type.space), span);
  }

  /** What a type is, as a record that conditions can ask. */
  typeInfo(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1)) return this.nothing(span);
    const { base, full } = typeInfo(this.typeArgument(call.arguments[0], call));
    const items = [this.constant(0n, UINT64, span), this.text(base, span), this.text(full, span)];
    const names = ["btf_id", "base_type", "full_type"];
    const fields = items.map(({ type }, i) => ({ name: names[i] ?? "", type }));
    return { kind: "compose", items, type: { kind: "record", fields }, span };
  }

  isLiteral(call: CallExpression): Value {
    if (!this.arity(call, 1)) return this.nothing(call.span);
    let value = this.value(call.arguments[0] as Expression);
    while (value.kind === "block" && value.body.length === 0 && value.value !== undefined)
      value = value.value;
    return this.truth(value.kind === "constant" || value.kind === "text", call);
  }

  kernelFunctionExists(call: CallExpression): Value {
    const name = this.literalText(call.arguments[0], call);
    return this.truth(name !== undefined && this.#kernelHas(name), call);
  }

  kernelFunctionAllowed(call: CallExpression): Value {
    const name = this.literalText(call.arguments[0], call);
    const allowed = CALLING.has(this.context.provider);
    return this.truth(name !== undefined && allowed && this.#kernelHas(name), call);
  }

  #kernelHas(name: string): boolean {
    return this.state.types.kernelFunction(name) !== undefined;
  }

  /** A variable of the traced program: as far from where the probe is as in the file. */
  userAddress(call: CallExpression): Value {
    const { span } = call;
    const name = this.literalText(call.arguments[0], call);
    if (!this.arity(call, 1) || name === undefined) return this.nothing(span);
    const { attach } = this.context;
    const here =
      attach.kind === "uprobe" || attach.kind === "uretprobe" ? this.#codeAddress(attach) : undefined;
    if (here === undefined) {
      return this.refuse("uaddr() can only be used with uprobes and uretprobes at one function", span);
    }
    const found = this.state.world.userSymbol(here.binary, name);
    if (found === undefined) return this.refuse(`Could not resolve symbol: ${here.binary}:${name}`, span);
    const away = this.constant(BigInt.asUintN(64, BigInt(found.address) - here.address), UINT64, span);
    const start = this.#probeAddress(attach.kind, span);
    const sum = this.operate("+", start, away, span);
    const bytes = ([1, 2, 4] as const).find((size) => size === found.size) ?? 8;
    const type = pointerTo({ kind: "integer", bytes, signed: false }, "user");
    return { kind: "convert", operand: sum, type, span };
  }

  /** Where a user probe is: before Linux 6.6 only the registers at a function's entry tell. */
  #probeAddress(kind: string, span: Span): Value {
    const { architecture, versionCode } = this.state.world.facts;
    const counter =
      kind === "uprobe" ? this.register(REGISTERS[architecture].programCounter, UINT64, span) : undefined;
    if (counter !== undefined) return counter;
    if (versionCode < FUNCTION_ADDRESS_SINCE)
      return this.refuse("uaddr() in a uretprobe needs Linux 6.6", span, "Use it in a uprobe.");
    return this.intrinsic("function-address", UINT64, span);
  }

  #codeAddress({ binary, symbol, address, offset = 0 }: UserFunctionPoint) {
    const start = symbol === undefined ? address : this.state.world.userSymbol(binary, symbol)?.address;
    return start === undefined ? undefined : { binary, address: BigInt(start + offset) };
  }

  protected truth(holds: boolean, { span }: CallExpression): Value {
    return this.constant(holds ? 1n : 0n, BOOLEAN, span);
  }
}

/** The names of `a.b.c`, also where it was read as something else. */
function memberNames(path: Expression): string[] | undefined {
  if (path.kind === "name") return [path.name];
  if (path.kind !== "field") return undefined;
  const before = memberNames(path.of);
  return before === undefined ? undefined : [...before, path.name];
}
