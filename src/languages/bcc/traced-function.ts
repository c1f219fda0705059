import type { BtfType } from "../../btf/btf-type.ts";
import type { KernelFacts } from "../../facts/kernel-facts.ts";
import { kindByName } from "./program-kind.ts";

/** A kernel function whose arguments a program gets as BTF describes them. */
export interface TracedFunction {
  readonly name: string;
  /** For each argument the struct or union that it points to, with its keyword; undefined for all others. */
  readonly parameters: readonly (string | undefined)[];
  /** Whether the program gets the function's result after them. */
  readonly hasResult: boolean;
}

const VOID = 0;
const SINCE_BTF_TRACEPOINTS = 0x050500;

/** The function that a program of a trampoline is for; undefined when the kernel's BTF does not have it. */
export function tracedFunction(program: string, facts: KernelFacts): TracedFunction | undefined {
  const attach = kindByName(program, facts)?.attach;
  if (attach === undefined || !("symbol" in attach) || !("module" in attach)) return undefined;
  if (attach.module !== undefined) return undefined;
  const name = attach.kind === "lsm" ? `bpf_lsm_${attach.symbol}` : attach.symbol;
  const id = typeOfTraced(program, facts);
  const type = id === undefined ? undefined : facts.btf.type(id);
  const proto = type?.kind === "func" ? facts.btf.type(type.to) : undefined;
  if (proto?.kind !== "func_proto") return undefined;
  const returns = facts.btf.resolve(proto.returns) !== VOID;
  return {
    name,
    parameters: proto.parameters.map(({ type: id }) => structBehind(id, facts)),
    hasResult: returns && attach.kind !== "fentry",
  };
}

/**
 * The arguments of a raw tracepoint's program as BTF describes them, where the name says one: the struct that a
 * pointer leads to, "" for a number; undefined for other pointers.
 */
export function traceArguments(program: string, facts: KernelFacts): (string | undefined)[] | undefined {
  const attach = kindByName(program, facts)?.attach;
  if (attach?.kind !== "raw-tracepoint" || facts.versionCode < SINCE_BTF_TRACEPOINTS) return undefined;
  const { btf } = facts;
  const id = typeOfTraced(program, facts);
  const pointer = id === undefined ? undefined : btf.type(btf.resolve(id));
  const proto = pointer?.kind === "ptr" ? btf.type(btf.resolve(pointer.to)) : undefined;
  if (proto?.kind !== "func_proto") return undefined;
  // The first is the tracepoint's own.
  return proto.parameters.slice(1).map(({ type }) => {
    const { kind } = btf.type(btf.resolve(type));
    return kind === "ptr" ? structBehind(type, facts) : "";
  });
}

/** The id of what tells the arguments of a program: of a function, or of a raw tracepoint's typedef. */
export function typeOfTraced(program: string, facts: KernelFacts): number | undefined {
  const { btf } = facts;
  const attach = kindByName(program, facts)?.attach;
  if (attach?.kind === "raw-tracepoint") return btf.find("typedef", `btf_trace_${attach.event}`);
  if (attach === undefined || !("symbol" in attach) || !("module" in attach)) return undefined;
  return btf.find("func", attach.kind === "lsm" ? `bpf_lsm_${attach.symbol}` : attach.symbol);
}

/** "struct sock" of "const struct sock *". */
export function pointedStruct(type: string): string | undefined {
  return /^(?:const |volatile )*((?:struct|union) \w+) \*(?:const|volatile|restrict|\s)*$/.exec(type)?.[1];
}

function structBehind(id: number, { btf }: KernelFacts): string | undefined {
  const pointer = btf.type(btf.resolve(id));
  const target: BtfType | undefined = pointer.kind === "ptr" ? btf.type(btf.resolve(pointer.to)) : undefined;
  if (target?.kind === "struct" || target?.kind === "union") return `${target.kind} ${target.name}`;
  return target?.kind === "fwd" ? `${target.of} ${target.name}` : undefined;
}
