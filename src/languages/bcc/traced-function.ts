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

/** The function that a program of a trampoline is for; undefined when the kernel's BTF does not have it. */
export function tracedFunction(program: string, facts: KernelFacts): TracedFunction | undefined {
  const attach = kindByName(program, facts)?.attach;
  if (attach === undefined || !("symbol" in attach) || !("module" in attach)) return undefined;
  if (attach.module !== undefined) return undefined;
  const name = attach.kind === "lsm" ? `bpf_lsm_${attach.symbol}` : attach.symbol;
  const id = facts.btf.find("func", name);
  const type = id === undefined ? undefined : facts.btf.type(id);
  const proto = type?.kind === "func" ? facts.btf.type(type.to) : undefined;
  if (proto?.kind !== "func_proto") return undefined;
  const returns = facts.btf.resolve(proto.returns) !== VOID;
  return {
    name,
    parameters: proto.parameters.map(({ type: id }) => pointedStruct(id, facts)),
    hasResult: returns && attach.kind !== "fentry",
  };
}

function pointedStruct(id: number, { btf }: KernelFacts): string | undefined {
  const pointer = btf.type(btf.resolve(id));
  const target: BtfType | undefined = pointer.kind === "ptr" ? btf.type(btf.resolve(pointer.to)) : undefined;
  return target?.kind === "struct" || target?.kind === "union" ? `${target.kind} ${target.name}` : undefined;
}
